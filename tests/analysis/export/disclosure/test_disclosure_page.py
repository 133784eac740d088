"""The report says what was done and what remains, and holds nothing that identifies anybody."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis.export.disclosure.account import DisclosureAccount, RemarkAccount
from analysis.export.disclosure.disclosure_page import render_disclosure, write_disclosure_report
from analysis.export.disclosure.generalising import generalise
from analysis.export.disclosure.leak_scan import Leak, LeakScan
from analysis.export.disclosure.linkage import Linkage

CODES = [f"SECRET{number:02d}" for number in range(10)]


@pytest.fixture
def account() -> DisclosureAccount:
    answers = pd.DataFrame(
        {
            "short_sighted": ["yes"] * 4 + ["no"] * 6,
            "knowledge": list("1122233455"),
            "easy": list("1231231231"),
        },
        index=CODES,
    )
    generalised = generalise(answers, {"easy": "rating"}, 3, options={"knowledge": tuple("12345")})
    seen = Leak("a.tsv", "column trial", "order number", "/home/erika/session.json", "a number among numbers")
    return DisclosureAccount(
        data_set="export-1",
        participants=10,
        sessions=11,
        trials=2200,
        files=63,
        min_group=3,
        pseudonymised=False,
        aggregated=False,
        simulated=False,
        generalised=generalised,
        scan=LeakScan((), (seen, seen), 812, 63, 123456),
        linkage=(Linkage("All trials", 10, 0, 10.0, 10), Linkage("The order of menus", 0, 10, 2.0, 10)),
        guessable_seeds=2,
        remarks=RemarkAccount(4, 1, 1, 2, True, "export-1_remarks_to_review.tsv", (("name", 3),)),
    )


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("</style>")[2]))


def test_without_questions_on_what_others_may_know_there_are_no_empty_tables(account) -> None:
    # Given a questionnaire of ratings alone
    answers = pd.DataFrame({"easy": list("1231231231")}, index=CODES)
    rated = replace(account, generalised=generalise(answers, {"easy": "rating"}, 3))
    # Then the page says that nothing had to be changed
    page = words(render_disclosure(rated))
    assert "No question asks for what others may know" in page
    assert "has what this is computed from" not in page
    # And not so of group figures, which hold no answers of single people
    page = words(render_disclosure(replace(rated, aggregated=True, linkage=())))
    assert "exported as they were given" not in page
    assert "No answers of single participants are in the data set" in page


def test_the_page_tells_risk_before_and_after_and_what_became_of_every_question(account) -> None:
    page = words(render_disclosure(account))
    before, after = account.generalised.before, account.generalised.after
    assert f"Participants alone with theirs {before.unique} {after.unique}" in page
    for change in account.generalised.changes:
        assert change.item in page
    assert "easy" not in {change.item for change in account.generalised.changes}
    assert "10 of 10 to somebody who holds the original trials" in page


def test_the_page_says_that_seeds_can_be_guessed_and_remarks_wait(account) -> None:
    page = words(render_disclosure(account))
    assert "2 of 11 sessions have a seed that can be guessed" in page
    assert "2 undecided" in page
    assert "export-1_remarks_to_review.tsv" in page


def test_the_page_names_nobody_and_needs_no_network(account) -> None:
    page = render_disclosure(account)
    assert "SECRET" not in page
    assert "erika" not in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", page)


def test_a_kept_key_is_called_what_it_is(account) -> None:
    page = words(render_disclosure(replace(account, pseudonymised=True)))
    assert "pseudonymised : a key was kept" in page
    assert "without a key" not in page


def test_group_figures_have_nothing_to_compare_with(account) -> None:
    page = words(render_disclosure(replace(account, aggregated=True, linkage=())))
    assert "no row of a trial or a participant was written" in page
    assert "Who would be found" not in page
    assert "As exported" not in page
    # And it says from how many on a quantile of times gives no single time away
    assert "Times are published from 10 participants and 20 trials on, to a tenth of a second" in page


def test_columns_in_which_numbers_cannot_be_told_are_one_row_each_kind(account) -> None:
    seen = [
        Leak(f"{n}.tsv", f"column c{n % 20:02d}", "order number", "", "a number among numbers")
        for n in range(60)
    ]
    page = words(render_disclosure(replace(account, scan=replace(account.scan, ambiguous=tuple(seen)))))
    assert "order number column c00; column c01;" in page
    assert "column c11 and 8 more 60 a number among numbers" in page


def test_a_leak_is_told_with_its_place_and_not_its_value(account, tmp_path) -> None:
    leak = Leak("README", "text", "host name", "/home/erika/session.json")
    found = replace(account, scan=replace(account.scan, leaks=(leak,)))
    write_disclosure_report(tmp_path / "out" / "disclosure_report.html", found)
    page = words((tmp_path / "out" / "disclosure_report.html").read_text("utf-8"))
    assert "Nothing was exported" in page
    assert "host name text" in page
    assert "erika" not in page


def test_without_a_questionnaire_the_page_says_so(account) -> None:
    page = words(render_disclosure(replace(account, generalised=None, remarks=RemarkAccount(0))))
    assert "no questionnaire" in page
    assert "Nobody wrote any" in page
