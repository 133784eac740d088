"""A protocol is told as it was written, and not as the plan of one participant had it."""

from __future__ import annotations

import json
from dataclasses import replace

from analysis.export.protocol_copy import protocol_files, protocol_names
from experiment.records import SessionRecord, Slide, SlideMedium, TrialsPhase
from tests.analysis.conftest import Recipe, record_of

TINY = Recipe(training_per_action=1, test_per_action=1)


def of_turn(conditions: tuple[str, str], *, language: str = "en", clip: str = "UCF5/demo") -> SessionRecord:
    """A session in which the conditions came in this order; each trial phase begins with a slide."""
    record = record_of(replace(TINY, conditions=conditions))
    phases = tuple(
        replace(
            phase,
            intro=(Slide(f"{phase.condition} {phase.kind} {language}", (), (SlideMedium(clip, "a clip"),)),),
        )
        if isinstance(phase, TrialsPhase)
        else phase
        for phase in record.plan.phases
    )
    protocol = replace(record.protocol, conditions=("UCF5", "AFD5"))
    return replace(record, language=language, protocol=protocol, plan=replace(record.plan, phases=phases))


def copied(*records: SessionRecord) -> bytes:
    (content,) = protocol_files(records, {records[0].protocol.sha256: "afd5"}).values()
    return content


def test_the_order_of_conditions_is_that_of_the_protocol_whoever_came_first() -> None:
    # Given participants who had the conditions in either order
    one, other = of_turn(("UCF5", "AFD5")), of_turn(("AFD5", "UCF5"))
    # Then the copy is the same whichever of them it is made from
    assert copied(one, other) == copied(other, one)
    phases = json.loads(copied(other))["phases"]
    assert [phase["condition"] for phase in phases] == ["UCF5", "UCF5", "", "AFD5", "AFD5"]


def test_texts_in_several_languages_belong_to_one_condition() -> None:
    # Given a participant of each language, and each with the other order
    records = (of_turn(("UCF5", "AFD5")), of_turn(("AFD5", "UCF5"), language="de"))
    # Then what stands together was said before the same phase
    phases = json.loads(copied(*records))["phases"]
    told = [
        [slides[0]["heading"] for slides in phase["slides"].values()] for phase in phases if "slides" in phase
    ]
    assert told[0] == ["UCF5 training de", "UCF5 training en"]
    assert told[3] == ["AFD5 test de", "AFD5 test en"]


def test_clips_of_slides_are_told_where_everybody_saw_them() -> None:
    def clips(*records: SessionRecord) -> list[str]:
        slides = json.loads(copied(*records))["phases"][0]["slides"]["en"]
        return list(slides[0]["clips"])

    same, another = of_turn(("UCF5", "AFD5")), of_turn(("UCF5", "AFD5"), clip="UCF5/of-one-person")
    assert clips(same, same) == ["UCF5/demo"]
    assert clips(same, another) == []
    assert clips(another, same) == []


def hashed(record: SessionRecord, sha256: str) -> SessionRecord:
    return replace(record, protocol=replace(record.protocol, sha256=sha256))


def test_one_protocol_in_two_languages_is_one_file() -> None:
    # Given sessions in English and German: the hash of a protocol covers the texts of one language
    records = [hashed(of_turn(("UCF5", "AFD5"), language=language), language) for language in ("de", "en")]
    # When they are exported, then which file a session names does not tell the language
    names = protocol_names(records)
    assert names == {"de": "afd5", "en": "afd5"}
    (content,) = protocol_files(records, names).values()
    assert [list(phase["slides"]) for phase in json.loads(content)["phases"] if "slides" in phase] == [
        ["de", "en"]
    ] * 4


def test_two_versions_of_a_protocol_are_two_files() -> None:
    # Given texts that were mended between two participants, and a third who had fewer trials
    first, mended = (hashed(of_turn(("UCF5", "AFD5")), sha256) for sha256 in ("1", "2"))
    shorter = hashed(replace(record_of(replace(TINY, conditions=("UCF5",))), language="de"), "3")
    names = protocol_names([first, mended, shorter])
    assert names == {"1": "afd5", "2": "afd5-2", "3": "afd5-3"}
