"""Photographs within SVG figures as JPEG: without loss, frames of video make a page many times larger."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image

_QUALITY = 75
_PICTURE = re.compile(rb'data:image/png;base64,([^"]+)"')


def with_small_photographs(svg: bytes) -> bytes:
    """The figure with each picture as JPEG where that takes less than half of its bytes.

    Areas of one colour, as of a matrix, are smaller without loss and stay as they are, and so does whatever
    is partly transparent, which JPEG does not know. The same figure gives the same bytes.
    """
    return _PICTURE.sub(_smaller, svg)


def _smaller(found: re.Match[bytes]) -> bytes:
    whole = base64.b64decode(found[1])
    with Image.open(io.BytesIO(whole)) as picture:
        if "A" in picture.getbands() and picture.getchannel("A").getextrema()[0] != 255:
            return found[0]
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    small = buffer.getvalue()
    if len(small) > len(whole) / 2:
        return found[0]
    return b"data:image/jpeg;base64," + base64.b64encode(small) + b'"'
