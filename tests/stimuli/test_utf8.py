from __future__ import annotations

import pytest

from stimuli.utf8 import utf8_text


def test_a_byte_order_mark_is_left_out_and_line_ends_stay() -> None:
    assert utf8_text(b"\xef\xbb\xbfa\r\n\xc3\xa4\n") == "a\r\nä\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_is_no_utf8_is_told_with_its_line(mark: bytes) -> None:
    with pytest.raises(
        ValueError, match=r"^line 2: found the byte 0xf6, which is not UTF-8; save the file as"
    ):
        utf8_text(mark + b"ab\nc\xf6\nd")
