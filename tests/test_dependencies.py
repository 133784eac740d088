"""What is told of the packages that the program needs: their licences, and what is known against them."""

from __future__ import annotations

from scripts import audit, licences

CONSTRAINTS = """# Written by hand.
av==17.1.0 ; python_full_version < '3.11'
av==18.1.0 ; python_full_version >= '3.11'
tqdm==4.70.1
"""


def test_the_page_of_licences_has_every_package_in_the_versions_of_the_constraints():
    # What stands there of each package does not depend on what is installed here.
    page = licences.PAGE.read_text("utf-8")
    told = licences.told_before(page)
    assert page == licences.page_of(licences.CONSTRAINTS.read_text("utf-8"), [told])


def test_a_licence_is_told_by_its_short_name_or_else_by_the_classifiers():
    classified = {"Classifier": ["License :: OSI Approved :: BSD License", "Typing :: Typed"]}
    assert licences.licence_of({"License-Expression": ["MIT"], **classified}) == "MIT"
    assert licences.licence_of({"License": ["BSD-3-Clause"], **classified}) == "BSD-3-Clause"
    assert licences.licence_of({"License": ["Copyright (c)\nAll rights"], **classified}) == "BSD License"
    assert licences.licence_of({"License": ["UNKNOWN"]}) == licences.UNKNOWN


def test_a_page_is_made_of_whoever_knows_first():
    page = licences.page_of(CONSTRAINTS, [lambda name, _: "BSD" if name == "av" else "", lambda *_: "MIT"])
    assert page.endswith("| av | 17.1.0, 18.1.0 | BSD |\n| tqdm | 4.70.1 | MIT |\n")


def test_every_version_is_asked_for_and_none_twice_at_a_time():
    pinned = audit.pins(CONSTRAINTS)
    assert pinned == (("av", "17.1.0"), ("av", "18.1.0"), ("tqdm", "4.70.1"))
    assert list(audit.layers(pinned)) == [(("av", "17.1.0"), ("tqdm", "4.70.1")), (("av", "18.1.0"),)]


def test_what_no_service_knows_does_not_count_as_sound(monkeypatch):
    # Given a service that knows one package, and another that knows something against a second
    answers = {
        "pypi": [
            {"name": "tqdm", "version": "4.70.1", "vulns": []},
            {"name": "av", "skip_reason": "not found"},
        ],
        "osv": [{"name": "av", "version": "17.1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["18.0"]}]}],
    }
    asked: list[tuple[str, int]] = []

    def ask(_program: object, service: str, layer: tuple[audit.Pin, ...]) -> dict[str, object]:
        asked.append((service, len(layer)))
        return {"dependencies": answers[service]}

    monkeypatch.setattr(audit, "ask", ask)
    known, unknown = audit.audit(audit.REPOSITORY, audit.pins(CONSTRAINTS))
    assert known == {("tqdm", "4.70.1"): (), ("av", "17.1.0"): ("PYSEC-1 (mended in 18.0)",)}
    assert unknown == (("av", "18.1.0"),)
    # and the second service is asked only for what the first did not know
    assert asked == [("pypi", 2), ("pypi", 1), ("osv", 1), ("osv", 1)]
