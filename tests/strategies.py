"""Files as an accident, another program or somebody's malice leaves them: strategies that spoil valid ones.

A strategy takes what is right and gives something close to it, since what is far from it is refused at once.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable

from hypothesis import strategies as st

Spoil = Callable[[bytes], "st.SearchStrategy[bytes]"]
"""From the bytes of a valid file to bytes that may be anything."""

OUTSIDE = "outside"
"""The name of a folder beside the one that is read. Nothing in it may be opened."""

STRANGE_TEXTS = (
    *("", " ", "n/a", "nan", "NaN", "NA", "inf", "-inf", "1e999", "1e308", "-1", "-0.0", "0", "1e-320"),
    *("0.5", "1.0", "9" * 19, "9" * 30, "9" * 5000, "-" + "9" * 30, "1_000", "０１", "²", "0x10", "1e5"),
    *("true", "null", "~", "\0", "\x1b[31mred", "a\tb", "a\nb", "a\rb", "a\x0bb", "a\x85b", "a\u2028b"),
    *("\u202eabc", "\ufeff", "\ud800", f"../{OUTSIDE}/secret", f"../../{OUTSIDE}/secret", "/etc/passwd"),
    *("..", ".", "a/../../b", "..\\..\\x", "C:\\x", "~/x", "CON", "a/b", "e\u0301", "<b>x</b>", '"', "'"),
    *("`", "{0}", "{", "%s", "%d", "$x", "|", "||", ",", ";", "=1+1", "#", "-", "- x", "x: y", "&a", "*a"),
    *("!!python/name:os", "<<", "\U0001f3c3", "x" * 70_000),
)
DEEP = "<< a value that lies very deep >>"
STRANGE_VALUES = (
    *(None, True, False, 0, 1, -1, 2, 255, 2**31, 2**63, -(2**63) - 1, 2**64, 10**18, 10**30, 10**400),
    *(0.5, -0.5, 1e308, -1e308, 1e-320, float("nan"), float("inf"), float("-inf"), [], {}, [[]], [None]),
    *(-(10**400), DEEP),
)
PIECES = (
    *(b"\0", b"\0" * 1000, b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"),
    *(b"\x80\0\0\0", b"\0\0\0\x80", b"\0\0\0\0", b"\xff" * 8, b"\xff" * 7 + b"\x7f", b"\xef\xbb\xbf"),
    *(b"\xed\xa0\x80", b"\xc3", b"\r\n", b"\r", b"\n", b"\t", b'"', b"'", b",", b"{", b"}", b"[", b"]"),
    *(b":", b"\\", b"\\ud800", b"\x1b[2J", b"1e999", b"NaN", b"-1", b"9" * 5000, b"[" * 20_000),
    *(b'{"a":' * 20_000, b"&a ", b"*a", b"!!set ", b"---\n"),
)


def strange_texts() -> st.SearchStrategy[str]:
    """What a field of text may hold instead of what belongs there."""
    return st.sampled_from(STRANGE_TEXTS) | st.text(max_size=12)


def strange_values() -> st.SearchStrategy[object]:
    """What a field of JSON or YAML may hold instead of what belongs there."""
    return st.sampled_from(STRANGE_VALUES) | strange_texts() | st.integers() | st.floats()


@st.composite
def spoilt_bytes(draw: st.DrawFn, original: bytes) -> bytes:
    """Bytes flipped, cut out, doubled, moved or replaced in a few places, more often near the beginning."""
    content = original
    for _ in range(draw(st.integers(1, 4))):
        near = draw(st.sampled_from((64, 1024, len(content))))
        start = draw(st.integers(0, min(near, len(content))))
        length = draw(st.sampled_from((0, 1, 2, 4, 8, 30, 1000)))
        before, piece, after = content[:start], content[start : start + length], content[start + length :]
        match draw(st.integers(0, 5)):
            case 0:
                content = before
            case 1:
                content = before + bytes(byte ^ 1 << draw(st.integers(0, 7)) for byte in piece) + after
            case 2:
                content = before + piece * draw(st.sampled_from((0, 2, 50))) + after
            case 3:
                content = before + draw(st.binary(max_size=8)) + after
            case 4:
                content = after[:length] + before + piece + after[length:]
            case _:
                content = before + draw(st.sampled_from(PIECES)) + after
    return content


@st.composite
def in_another_encoding(draw: st.DrawFn, text: str) -> bytes:
    """A text as other editors and systems save it."""
    ends = draw(st.sampled_from(("\n", "\r\n", "\r", "\n\n", "\u2028")))
    text = text.replace("\n", ends).rstrip(draw(st.sampled_from(("", "\r\n"))))
    encoding = draw(
        st.sampled_from(("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7"))
    )
    mark = draw(st.sampled_from((b"", codecs.BOM_UTF8, b"\0", b"\n\n")))
    return mark + text.encode(encoding, "replace")


def spoilt_text(original: bytes) -> st.SearchStrategy[bytes]:
    """A text in another encoding, or with spoilt bytes."""
    return spoilt_bytes(original) | in_another_encoding(original.decode())


@st.composite
def spoilt_tree(draw: st.DrawFn, tree: object) -> object:
    """A tree of mappings, lists and values with a few nodes replaced, removed, renamed or wrapped."""
    for _ in range(draw(st.integers(1, 3))):
        tree = draw(_spoilt_once(tree))
    return tree


@st.composite
def _spoilt_once(draw: st.DrawFn, tree: object) -> object:
    # Down a branch, more often than not to its end; so every field of a level is as likely as any other.
    if isinstance(tree, dict | list) and tree and draw(st.integers(0, 9)):
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        key = draw(st.sampled_from(keys))
        changed = dict(tree) if isinstance(tree, dict) else dict(enumerate(tree))
        match draw(st.integers(0, 9)):
            case 0:
                del changed[key]
            case 1 if isinstance(tree, dict):
                changed[draw(strange_texts())] = changed.pop(key)
            case 2:
                changed[key] = changed[draw(st.sampled_from(keys))]
            case _:
                changed[key] = draw(_spoilt_once(changed[key]))
        return changed if isinstance(tree, dict) else list(changed.values())
    return draw(strange_values() | st.sampled_from(([tree], {"x": tree}, [tree] * 30, str(tree))))


def json_bytes(tree: object) -> bytes:
    """A tree as JSON, its very deep values spelt out."""
    deep = "[" * 30_000 + "]" * 30_000
    text = json.dumps(tree, ensure_ascii=False, default=str).replace(json.dumps(DEEP), deep)
    return text.encode("utf-8", "surrogatepass")


@st.composite
def spoilt_json(draw: st.DrawFn, original: bytes) -> bytes:
    """A file of JSON with spoilt fields, or spoilt as any text."""
    if draw(st.integers(0, 3)) == 0:
        return draw(spoilt_text(original))
    return json_bytes(draw(spoilt_tree(json.loads(original))))


@st.composite
def spoilt_yaml(draw: st.DrawFn, original: bytes) -> bytes:
    """A file of YAML with spoilt fields, or spoilt as any text."""
    import yaml

    if draw(st.integers(0, 3)) == 0:
        return draw(spoilt_text(original))
    tree = draw(spoilt_tree(yaml.safe_load(original)))
    # JSON is YAML; block style comes from the other branch.
    return (
        json_bytes(tree)
        if draw(st.booleans())
        else yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "replace")
    )


def spoilt_table(separator: str = "\t") -> Spoil:
    """Spoils tables of that separator: fields, columns and lines; or as any text."""

    @st.composite
    def spoilt(draw: st.DrawFn, original: bytes) -> bytes:
        if draw(st.integers(0, 3)) == 0:
            return draw(spoilt_text(original))
        rows = list(csv.reader(io.StringIO(original.decode(), newline=""), delimiter=separator))
        for _ in range(draw(st.integers(1, 3))):
            rows = draw(_spoilt_rows(rows))
        return "".join(separator.join(row) + "\n" for row in rows).encode("utf-8", "surrogatepass")

    return spoilt


@st.composite
def _spoilt_rows(draw: st.DrawFn, given: list[list[str]]) -> list[list[str]]:
    rows = [list(row) for row in given]
    if not rows or not rows[0]:
        return rows
    row = draw(st.integers(0, len(rows) - 1))
    column = draw(st.integers(0, max(0, len(rows[row]) - 1)))
    match draw(st.integers(0, 9)):
        case 0:
            rows = [each[:column] + each[column + 1 :] for each in rows]
        case 1:
            rows = [[*each, *each[column : column + 1]] for each in rows]
        case 2:
            rows.insert(draw(st.integers(0, len(rows))), list(rows[row]))
        case 3:
            del rows[row]
        case 4:
            rows[row] = rows[row][:column]
        case 5:
            rows[row].append(draw(strange_texts()))
        case 6:
            other = draw(st.integers(0, len(rows) - 1))
            rows[row], rows[other] = rows[other], rows[row]
        case _:
            rows[row][column : column + 1] = [draw(strange_texts() | st.sampled_from(rows[row] or [""]))]
    return rows
