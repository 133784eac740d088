"""``disclosure_report.html``: what an export gives away, for a data-protection officer. One file, offline."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.export.aggregates import TIMED_PARTICIPANTS, TIMED_TRIALS
from analysis.export.disclosure.account import DisclosureAccount, treatments
from analysis.export.disclosure.diversity import Diversity
from analysis.export.disclosure.generalising import Generalised, ItemChange
from analysis.export.disclosure.leak_scan import Leak
from analysis.report.page_tables import (
    Column,
    PageTable,
    count,
    decimal,
    page_table,
    percent,
    plain,
)
from analysis.tables import write_file

PAGE = "disclosure_report.html"
_PACKAGE = "appearance-free-actions"
_NAMED_PLACES = 12


def write_disclosure_report(path: Path, account: DisclosureAccount) -> None:
    """Write the page; it belongs beside the data set, not into it.

    Raises
    ------
    AnalysisError
        Where it cannot be written.
    """
    write_file(path, render_disclosure(account).encode())


def render_disclosure(account: DisclosureAccount) -> str:
    """The page as HTML that needs no other file and no network."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("analysis.export.disclosure"), PackageLoader("analysis.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "count": count, "decimal": decimal}
    generalised = account.generalised
    return environment.get_template("disclosure_report.html").render(
        account=account,
        css=Markup(_source(environment, "report.css") + _source(environment, "disclosure_report.css")),
        js=Markup(_source(environment, "report.js")),
        verdicts=_verdicts(account),
        treatments=treatments(account),
        risk=_risk(generalised, aggregated=account.aggregated) if generalised else None,
        changes=_changes(generalised.changes) if generalised else None,
        diversity=_diversity(generalised.diversity_before, generalised.diversity) if generalised else None,
        linkage=_linkage(account),
        leaks=_leaks(account.scan.leaks, "Found"),
        ambiguous=_leaks(account.scan.ambiguous, "Cannot be told from words and numbers of the data set"),
        timed_participants=TIMED_PARTICIPANTS,
        timed_trials=TIMED_TRIALS,
        software=f"{_PACKAGE} {version(_PACKAGE)}",
    )


def _verdicts(account: DisclosureAccount) -> list[tuple[str, str, str]]:
    """The cards at the top: name, value, and what it means."""
    cards = []
    if account.generalised is not None and not account.aggregated:
        after = account.generalised.after
        cards.append(
            (
                "Smallest group",
                count(after.smallest_group),
                f"share every combination of answers others may know; {account.min_group} were asked for",
            )
        )
        cards.append(
            (
                "Highest risk",
                percent(after.highest),
                f"of pointing at the right row by them; {percent(account.generalised.before.highest)} before",
            )
        )
    else:
        cards.append(("Participants", count(account.participants), "in the data set"))
    scan = account.scan
    cards.append(
        (
            "Leak scan",
            "nothing" if not scan.leaks else count(len(scan.leaks)),
            f"was found of {count(scan.identifiers)} identifying values in {count(scan.files)} files",
        )
    )
    if account.linkage:
        worst = account.linkage[0]
        cards.append(
            (
                "Remains linkable",
                f"{count(worst.matched)} of {count(worst.participants)}",
                "to somebody who holds the original trials",
            )
        )
    return cards


def _risk(generalised: Generalised, *, aggregated: bool) -> PageTable:
    """Before and after; only before where no answers of single participants were exported."""
    before, after = generalised.before, generalised.after
    rows = [
        ("Participants who were asked", count(before.participants), count(after.participants)),
        ("Different combinations", count(before.combinations), count(after.combinations)),
        ("Participants alone with theirs", count(before.unique), count(after.unique)),
        ("Smallest group", count(before.smallest_group), count(after.smallest_group)),
        (
            f"Participants in groups of fewer than {before.min_group}",
            count(before.below_min_group),
            count(after.below_min_group),
        ),
        ("Highest prosecutor's risk", percent(before.highest), percent(after.highest)),
        ("Mean prosecutor's risk", percent(before.mean), percent(after.mean)),
    ]
    frame = pd.DataFrame(rows, columns=["figure", "before", "after"])
    columns = (
        Column("figure", "", plain, numeric=False),
        Column("before", "As collected", plain),
        Column("after", "As exported", plain),
    )
    shown = columns[:2] if aggregated else columns
    return page_table("Combinations of quasi-identifiers", frame, shown)


def _changes(changes: tuple[ItemChange, ...]) -> PageTable:
    rows = [
        {
            "item": change.item,
            "role": change.role.replace("_", "-"),
            "fate": "left out"
            if change.is_removed
            else "kept"
            if change.is_kept
            else "coarser"
            if change.is_coarser
            else "kept in part",
            "levels": ", ".join(change.levels) or "–",
            "withheld": change.withheld,
            "answered": change.answered,
            "lost": change.bits_lost / change.bits if change.bits else 0.0,
        }
        for change in changes
    ]
    columns = (
        Column("item", "Question", plain, numeric=False),
        Column("role", "Role", plain, numeric=False),
        Column("fate", "Became", plain, numeric=False),
        Column("levels", "Possible answers", plain, numeric=False),
        Column("withheld", "Answers withheld", count),
        Column("answered", "of", count),
        Column("lost", "Information lost", percent),
    )
    return page_table("What became of every question", pd.DataFrame(rows), columns)


def _diversity(before: tuple[Diversity, ...], after: tuple[Diversity, ...]) -> PageTable:
    earlier = {each.item: each for each in before}
    rows = [
        {
            "item": each.item,
            "role": each.role.replace("_", "-"),
            "distinct": each.distinct or None,
            "entropy": each.entropy if each.distinct else None,
            "inferable_before": earlier[each.item].inferable if each.item in earlier else None,
            "inferable": each.inferable,
            "participants": each.participants,
        }
        for each in after
    ]
    columns = (
        Column("item", "Question", plain, numeric=False),
        Column("role", "Role", plain, numeric=False),
        Column("distinct", "l (distinct)", count),
        Column("entropy", "l (entropy)", decimal),
        Column("inferable_before", "Inferable as collected", count),
        Column("inferable", "Inferable as exported", count),
        Column("participants", "of", count),
    )
    frame = pd.DataFrame(rows).astype(object)
    return page_table("l-diversity of every question within equal others", frame, columns)


def _linkage(account: DisclosureAccount) -> PageTable:
    frame = pd.DataFrame([asdict(attack) for attack in account.linkage])
    columns = (
        Column("known", "What is known of everybody", plain, numeric=False),
        Column("matched", "Found", count),
        Column("narrowed", "Narrowed down", count),
        Column("expected", "Right by guessing", decimal),
        Column("participants", "of", count),
    )
    return page_table("Who would be found", frame, columns)


def _leaks(leaks: tuple[Leak, ...], title: str) -> PageTable:
    """A row for every kind of value; equal places of many files are named once."""
    places: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for leak in leaks:
        places[leak.kind, leak.why][leak.place] += 1
    rows = [
        {"kind": kind, "places": _named(sorted(found)), "times": sum(found.values()), "why": why}
        for (kind, why), found in sorted(places.items())
    ]
    columns = (
        Column("kind", "Kind of value", plain, numeric=False),
        Column("places", "Where", plain, numeric=False),
        Column("times", "Times", count),
        Column("why", "Why it cannot be told", plain, numeric=False),
    )
    return page_table(title, pd.DataFrame(rows), columns if any(leak.why for leak in leaks) else columns[:3])


def _named(places: list[str]) -> str:
    more = f" and {len(places) - _NAMED_PLACES} more" if len(places) > _NAMED_PLACES else ""
    return "; ".join(places[:_NAMED_PLACES]) + more


def _source(environment: Environment, name: str) -> str:
    if environment.loader is None:  # it has one: see where it is made
        raise LookupError(name)
    return environment.loader.get_source(environment, name)[0]
