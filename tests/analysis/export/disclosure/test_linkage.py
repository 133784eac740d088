"""Attacks find whom they should, and a plan is as secret as its seed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.export.disclosure.linkage import (
    Linkage,
    guess_plans,
    guessable_seeds,
    measure_linkage,
)
from experiment.plan import make_plan
from experiment.protocol import Protocol, read_protocol
from experiment.records import TrialsPhase
from experiment.seat import Seat
from stimuli.manifest import StimulusSet
from tests.analysis.conftest import Recipe, record_of, write_session
from tests.experiment.material import PROTOCOLS, counted_clips, stimulus_set

CODES = ("P001", "P002", "P003", "P004")
LABELS = {code: f"label{number}" for number, code in enumerate(reversed(CODES))}
ORDER = "The order of the clips alone"
MENU = "The order of menu and conditions, which follow from the order number"
ALL = "All trials: clips in their order, answers and times"


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> pd.DataFrame:
    """Four participants; the last two saw the clips in the same order."""
    data = tmp_path_factory.mktemp("data")
    for code, seed in zip(CODES, (1, 2, 3, 3), strict=True):
        write_session(
            data, replace(Recipe(training_per_action=1, test_per_action=4), participant=code, seed=seed)
        )
    return collect([data], Allowed(simulated=True)).table


def exported(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(observer=table["observer"].map(LABELS))


def found(attacks: tuple[Linkage, ...], known: str) -> Linkage:
    (one,) = [attack for attack in attacks if attack.known == known]
    return one


def test_who_holds_the_original_finds_everybody(table) -> None:
    attacks = measure_linkage(table, exported(table), LABELS)
    assert found(attacks, ALL) == Linkage(ALL, 4, 0, 4.0, 4)


def test_equal_orders_of_clips_hide_two_people_behind_each_other(table) -> None:
    one = found(measure_linkage(table, exported(table), LABELS), ORDER)
    assert (one.matched, one.narrowed, one.expected) == (2, 2, 3.0)


def test_a_menu_that_is_the_same_for_everybody_tells_nobody(table) -> None:
    one = found(measure_linkage(table, exported(table), LABELS), MENU)
    assert (one.matched, one.narrowed, one.expected) == (0, 0, 1.0)


def test_a_match_of_the_wrong_person_is_none(table) -> None:
    wrong = {code: LABELS[other] for code, other in zip(CODES, (*CODES[1:], CODES[0]), strict=True)}
    assert found(measure_linkage(table, exported(table), wrong), ALL).matched == 0


def test_times_that_were_changed_no_longer_match(table) -> None:
    shifted = exported(table).assign(time_to_choose=table["time_to_choose"] + 0.2)
    attacks = measure_linkage(table, shifted, LABELS)
    assert found(attacks, ALL).matched == 0
    assert found(attacks, "Answers by clip, without their order").matched == 4


def test_who_knows_how_long_somebody_stayed_finds_who_stayed_longest(table) -> None:
    # Given a session of half an hour more, and others that took as long as each other to a minute
    onsets = table.groupby("observer")["onset"].rank() * 10.0
    table = table.assign(onset=onsets.mask(table["observer"] == "P003", onsets * 20))
    one = found(measure_linkage(table, exported(table), LABELS), "How long the sessions took, to a minute")
    assert (one.matched, one.narrowed) == (1, 3)


@pytest.fixture(scope="module")
def material() -> tuple[Protocol, StimulusSet]:
    return read_protocol(PROTOCOLS / "pilot.yaml"), stimulus_set(counted_clips(test=8, train=8))


def planned(material: tuple[Protocol, StimulusSet], seats: dict[str, Seat]) -> pd.DataFrame:
    """The clips of plans as an export shows them."""
    rows = []
    for label, seat in seats.items():
        for phase in make_plan(*material, seat).phases:
            for trial in phase.trials if isinstance(phase, TrialsPhase) else ():
                place = (label, seat.session, phase.condition, phase.kind, trial.trial)
                rows.append((*place, trial.clip_id, 1.0))
    columns = ["observer", "session", "condition", "phase", "trial", "clip_id", "time_to_choose"]
    return pd.DataFrame(rows, columns=columns)


def test_who_guesses_code_and_seed_finds_the_row_and_who_cannot_guess_the_seed_does_not(material) -> None:
    # Given two participants with a seed of their own choice and one with a drawn one
    seats = {
        "label1": Seat("P001", 1, 1, 7),
        "label2": Seat("P002", 1, 2, 3),
        "label3": Seat("P003", 1, 3, 2**127 + 12345),
    }
    # When somebody tries three codes with ten seeds each
    guesses = [Seat(f"P{n:03d}", 1, n, seed) for n in (1, 2, 3) for seed in range(10)]
    attack = guess_plans(planned(material, seats), (make_plan(*material, seat) for seat in guesses))
    # Then the two are found with all that made their plans, and the third is not
    assert attack.tried == 30
    found_seats = {label: Seat.of(plan) for label, plan in attack.found.items()}
    assert found_seats == {"label1": seats["label1"], "label2": seats["label2"]}


def test_seeds_that_can_be_tried_are_counted() -> None:
    records = [
        record_of(replace(Recipe(training_per_action=1, test_per_action=1), seed=s))
        for s in (1, 2026, 2**100)
    ]
    assert guessable_seeds(records) == 2
