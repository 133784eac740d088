"""Hostile and broken files: refused in one sentence with the file and the line or field, in bounded time."""

from __future__ import annotations

import os
import re
import resource
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiment.errors import InputRefused
from experiment.observers import read_observer
from experiment.protocol import read_protocol
from experiment.text_file import LARGEST_BYTES, read_text
from tests.experiment.material import ACTIONS, PROTOCOLS
from tests.experiment.sessions import refused_here

KINDS = (
    "pilot.yaml",
    "slides/en/pilot-test.md",
    "questionnaires/pilot.yaml",
    "interface/en.yaml",
    "consent/en/adults.md",
    "observers/told.yaml",
    "observers/results.yaml",
)
"""One file of every kind that is read, below the folder of the protocols."""

OBSERVER = "format: 1\nname: told\npublished_results: results.yaml\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture
def protocols(tmp_path: Path) -> Path:
    """A folder of protocols with a pilot that names a consent text, and an observer."""
    return lay_out(tmp_path)


def lay_out(root: Path) -> Path:
    folder = Path(shutil.copytree(PROTOCOLS, root / "protocols"))
    pilot = folder / "pilot.yaml"
    consent = 'consent: {version: "1", required: false'
    pilot.write_text(pilot.read_text("utf-8").replace(consent, consent + ", text: adults"), "utf-8")
    (folder / "consent" / "en" / "adults.md").write_text("Version: 1\n\nYou may stop at any time.\n", "utf-8")
    (folder / "observers" / "told.yaml").write_text(OBSERVER, "utf-8")
    shutil.copy(
        PROTOCOLS.parent / "analysis" / "reference" / "ilic2022.yaml", folder / "observers" / "results.yaml"
    )
    return folder


def read_all(folder: Path) -> None:
    """Read every kind of file."""
    read_protocol(folder / "pilot.yaml")
    read_observer(folder / "observers" / "told.yaml", ("UCF5", "AFD5"), ACTIONS)


def said_of(folder: Path, kind: str, content: bytes) -> str:
    """What reading says where one of the files has this content."""
    (folder / kind).write_bytes(content)
    with pytest.raises(InputRefused) as refused:
        read_all(folder)
    said = str(refused.value)
    assert said.isprintable()
    assert len(said) < 1000
    assert Path(kind).name in said
    return said


def test_the_files_are_read_as_they_are(protocols):
    read_all(protocols)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"format: 1\nname: \xff\n", "line 2: found the byte 0xff, which is not UTF-8"),
        (b"format: 1\n\nna\0me: x\n", "line 3: found the control character U+0000"),
        (b"format: 1\nname: \x1b[31m\n", "line 2: found the control character U+001B"),
        (b"x" * 10_000_000, "found 10,000,000 bytes, allowed are at most 262,144"),
        (b"#" * (LARGEST_BYTES + 1), "found 262,145 bytes"),
        ("Ü".encode("utf-16"), "line 1: found the byte 0xff"),
    ],
)
def test_what_is_no_text_or_too_much_is_refused(protocols, kind, content, said):
    assert said in said_of(protocols, kind, content)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_is_refused(protocols, kind):
    said = said_of(protocols, kind, b"")
    assert "found nothing" in said or "line 1" in said


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.endswith(".yaml")])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB, "line 1: not valid YAML (anchors (&a) are not allowed"),
        ("a: &a [*a]\n", "line 1: not valid YAML (anchors (&a)"),
        ("format: 1\nname: *nowhere\n", "line 2: not valid YAML (aliases (*nowhere) are not allowed"),
        ("format: 1\nname: one\nname: two\n", "line 3: not valid YAML (the field 'name' stands there twice)"),
        ("format: 1\nx: {1: a, 1.0: b}\n", "line 2: not valid YAML (the field '1.0' stands there twice)"),
        (
            "x: !!python/object/apply:os.system [ls]\n",
            "line 1: not valid YAML (tags (tag:yaml.org,2002:python/",
        ),
        ("format: 1\nname: !secret x\n", "line 2: not valid YAML (tags (!secret)"),
        ("x: " + "[" * 50_000, "line 1: not valid YAML (values lie more than 20 levels deep)"),
        (
            "x:\n" + "".join(" " * i + "- \n" for i in range(1, 500)),
            "line 21: not valid YAML (values lie more",
        ),
        ("x: [" + "1," * 60_000 + "]\n", "line 1: not valid YAML (found more than 20,000 values"),
        ("x: " + "9" * 100_000 + "\n", "line 1: not valid YAML (found a number of 100,000 letters"),
        ("x: 0x" + "f" * 100_000 + "\n", "line 1: not valid YAML (found a number of 100,002 letters"),
        ("x: 1" + ":59" * 50_000 + "\n", "line 1: not valid YAML (found a number of 150,001 letters"),
        ("x: 2022-02-31\n", "line 1: not valid YAML (found '2022-02-31', which is no value"),
        ("x: {<<: {y: 1}}\n", "line 1: not valid YAML (merging (<<) is not allowed"),
        ("x: {[1]: 2}\n", "line 1: not valid YAML (found a list or mapping as the name of a field"),
        (
            "format: 1\n\tname: x\n",
            "line 2: not valid YAML (found character '\\t' that cannot start any token",
        ),
        ("format: 1\nname: 'x\n", "line 3: not valid YAML (found unexpected end of stream"),
        ("a: 1\n---\nb: 2\n", "line 2: not valid YAML (but found another document"),
        ("x: \ufffe\n", "line 1: not valid YAML (found the character U+FFFE"),
        ("- 1\n", "found a list, allowed is a mapping of fields to values"),
        ("just words\n", "found a str, allowed is a mapping of fields to values"),
        ('"a\\nb\\x1bc": 1\n', "field"),
    ],
)
def test_yaml_that_is_more_than_values_is_refused(protocols, kind, content, said):
    assert said in said_of(protocols, kind, content.encode())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("before", "after"), [(b"", b"\xef\xbb\xbf"), (b"\n", b"\r\n"), (b"\n", b"\r")])
def test_marks_and_line_ends_of_other_systems_change_nothing(protocols, kind, before, after):
    plain = read_protocol(protocols / "pilot.yaml")
    content = (protocols / kind).read_bytes()
    (protocols / kind).write_bytes(content.replace(before, after) if before else after + content)
    assert read_protocol(protocols / "pilot.yaml") == plain
    read_all(protocols)


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_a_pipe_and_a_device_in_the_place_of_a_file_are_refused(protocols, kind):
    path = protocols / kind
    path.unlink()
    path.mkdir()
    for what, make in (
        ("a folder", None),
        ("a device or pipe", lambda: os.mkfifo(path)),
        ("allowed are files in", lambda: path.symlink_to("/dev/zero")),
    ):
        if make:
            path.unlink() if path.is_symlink() or not path.is_dir() else path.rmdir()
            make()
        with pytest.raises(InputRefused) as refused:
            read_all(protocols)
        assert path.name in str(refused.value)
        # The protocol is named by the person, who may well mean a file elsewhere; this is none.
        expected = "a device or pipe" if kind in ("pilot.yaml", "observers/told.yaml") and make else what
        assert expected in str(refused.value)


@pytest.fixture
def without_rights() -> Iterator[None]:
    """Root may read every file, so it becomes nobody."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_a_file_that_may_not_be_read_is_refused(protocols, without_rights):
    if os.geteuid() != 65534:
        (protocols / "pilot.yaml").chmod(0)
    with pytest.raises(InputRefused, match=r"pilot\.yaml: cannot be read \(Permission denied\)"):
        read_all(protocols)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in ("pilot.yaml", "observers/told.yaml")]
)
def test_links_out_of_the_folder_are_refused_and_those_within_are_followed(protocols, tmp_path, kind):
    path = protocols / kind
    kept = path.with_name("kept")
    path.rename(kept)
    path.symlink_to(kept)
    read_all(protocols)
    kept.rename(tmp_path / "outside")
    path.unlink()
    path.symlink_to(tmp_path / "outside")
    with pytest.raises(InputRefused, match="outside; allowed are files in") as refused:
        read_all(protocols)
    assert str(path) in str(refused.value)
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(InputRefused, match=re.escape(path.name)):
        read_all(protocols)


def test_a_linked_folder_out_of_the_folder_is_refused(protocols, tmp_path):
    (protocols / "slides").rename(tmp_path / "slides")
    (protocols / "slides").symlink_to(tmp_path / "slides")
    with pytest.raises(InputRefused, match=r"pilot-introduction\.md: leads to .* allowed are files in"):
        read_all(protocols)


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "..", "a/b", "~/x", "x\\n"])
@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("pilot.yaml", "{kind: slides, slides: pilot-introduction}"),
        ("pilot.yaml", "{kind: questionnaire, questionnaire: pilot}"),
        ("pilot.yaml", "intro: pilot-training"),
        ("pilot.yaml", "text: adults"),
    ],
)
def test_names_that_could_leave_the_folder_are_refused(protocols, kind, field, name):
    text = (protocols / kind).read_text("utf-8")
    assert field in text
    spoilt = re.sub(
        r"(\S+)(}?)$", lambda found: f'"{name}"{found[2]}', field.rstrip("}")
    ) + "}" * field.count("}")
    assert "pattern" in said_of(protocols, kind, text.replace(field, spoilt, 1).encode())


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../outside.yaml"])
def test_results_of_an_observer_lie_beside_it_or_in_this_project(protocols, name):
    said = said_of(protocols, "observers/told.yaml", OBSERVER.replace("results.yaml", name).encode())
    assert "allowed are files in" in said or "absolute" in said


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("choose", "Press {number}"),
        ("choose", "Press {"),
        ("choose", "Press {count.real}"),
        ("choose", "Press {count!r:>99999999}"),
        ("check", "Choose {}"),
        ("break_text", "{done} of {all}"),
    ],
)
def test_a_place_that_no_screen_fills_in_is_refused(protocols, word, text):
    words = re.sub(
        rf"(?m)^{word}: .*$", f'{word}: "{text}"', (protocols / "interface/en.yaml").read_text("utf-8")
    )
    assert f"{word}: found" in said_of(protocols, "interface/en.yaml", words.encode())


@pytest.mark.parametrize("content", [BOMB, "x: " + "[" * 200_000, "x: {" + "a: b, " * 40_000, "- " * 100_000])
def test_bombs_take_little_memory_and_time(protocols, content):
    began_s, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said_of(protocols, "pilot.yaml", content.encode())
    # Unpacked, nine lines would be 10^9 values; processor time does not depend on this machine's load.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
    assert time.process_time() - began_s < 4


def test_text_of_the_largest_size_is_read(tmp_path):
    (tmp_path / "x").write_bytes(b"x" * LARGEST_BYTES)
    assert len(read_text(tmp_path / "x")) == LARGEST_BYTES


@pytest.mark.parametrize(
    ("kind", "content"), [("pilot.yaml", BOMB), ("slides/en/pilot-test.md", "no heading")]
)
def test_the_command_line_says_one_sentence_and_makes_no_folder(protocols, tmp_path, kind, content):
    (protocols / kind).write_text(content, "utf-8")
    given = (protocols / "pilot.yaml", "--simulate", "data", "--data", tmp_path / "data")
    assert f"{kind}: line 1:" in refused_here(tmp_path, *given)
    assert not (tmp_path / "data").exists()


PIECES = st.sampled_from(
    [b"&a ", b"*a", b"!!python/name:os ", b"<<: ", b"\t", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"---\n",
     b"- ", b": ", b"{", b"}", b"[", b"]", b"\n", b"'", b'"', b"|", b">", b"%", b"# ", b"![x](clip:", b".inf",
     b".nan", b"-1", b"1e999", b"0x", b"1_0", b"1:30", b"null", b"true", b"2022-13-40", b"~", b'"\\ud800"',
     b'"\\0"', b"kind", b"{0}"]
)  # fmt: skip


@st.composite
def spoilt_content(draw: st.DrawFn, original: bytes) -> bytes:
    """Any bytes, or a real file with a few places cut out, doubled or replaced."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=200))
    content = original
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 30)))
        put = draw(PIECES | st.binary(max_size=4) | st.just(content[start:end] * 2))
        content = content[:start] + put + content[end:]
    return content


def refuse_or_read(root: Path, data: st.DataObject) -> None:
    folder = root / "protocols" if (root / "protocols").exists() else lay_out(root)
    kind = data.draw(st.sampled_from(KINDS))
    original = (folder / kind).read_bytes()
    (folder / kind).write_bytes(data.draw(spoilt_content(original)))
    try:
        read_all(folder)
    except InputRefused as refused:
        said = str(refused)
        assert said.isprintable()
        assert len(said) < 1000
        # Where a name in a file was changed, the sentence is about the file of that name.
        assert str(folder) in said
    finally:
        (folder / kind).write_bytes(original)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_are_read_or_refused(tmp_path, data):
    refuse_or_read(tmp_path, data)


@pytest.mark.campaign
@settings(max_examples=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_are_read_or_refused_at_length(tmp_path, data):
    refuse_or_read(tmp_path, data)
