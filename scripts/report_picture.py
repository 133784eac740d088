"""Pictures of a report for the docs: its beginning, and the whole page in columns side by side.

python scripts/report_picture.py example/report/report.html docs/images/example-report

writes OUT-top.png and OUT.png. Needs Chromium on the path.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

WIDTH_PX, TOP_PX, TOP_SCALE = 1200, 1950, 0.6
COLUMNS, COLUMN_PX, GAP_PX = 6, 420, 16
COLOURS = 256
TELL_HEIGHT = "<script>addEventListener('load', () => document.title = document.body.scrollHeight)</script>"
CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")


def main() -> int:
    """Write both pictures."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    page, out = Path(sys.argv[1]), sys.argv[2]
    whole = photograph(page)
    size = (int(WIDTH_PX * TOP_SCALE), int(TOP_PX * TOP_SCALE))
    top = whole.crop((0, 0, WIDTH_PX, TOP_PX)).resize(size, Image.Resampling.LANCZOS)
    for picture, path in ((top, f"{out}-top.png"), (in_columns(whole), f"{out}.png")):
        # The octree keeps the few colours that figures have; the median cut mixes them.
        few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    return 0


def photograph(page: Path) -> Image.Image:
    """The whole page, as wide as WIDTH_PX."""
    with tempfile.TemporaryDirectory() as folder:
        copy, picture = Path(folder, "page.html"), Path(folder, "page.png")
        copy.write_text(page.read_text(encoding="utf-8") + TELL_HEIGHT, encoding="utf-8")
        told = chromium(copy, "--dump-dom", f"--window-size={WIDTH_PX},1000")
        title = re.search(r"<title>(\d+)</title>", told)
        if title is None:
            raise SystemExit(f"{page}: Chromium did not say how high the page is")
        chromium(copy, f"--screenshot={picture}", f"--window-size={WIDTH_PX},{title[1]}")
        return Image.open(picture).convert("RGB")


def chromium(page: Path, *options: str) -> str:
    command = [*CHROMIUM, "--virtual-time-budget=8000", *options, page.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def in_columns(whole: Image.Image) -> Image.Image:
    """The page cut into columns of one height, beside one another, made small."""
    height = -(-whole.height // COLUMNS)
    scale = COLUMN_PX / whole.width
    sheet = Image.new(
        "RGB", (COLUMNS * (COLUMN_PX + GAP_PX) + GAP_PX, int(height * scale) + 2 * GAP_PX), "#d0d4da"
    )
    for column in range(COLUMNS):
        part = whole.crop((0, column * height, whole.width, min((column + 1) * height, whole.height)))
        small = part.resize((COLUMN_PX, int(part.height * scale)), Image.Resampling.LANCZOS)
        sheet.paste(small, (GAP_PX + column * (COLUMN_PX + GAP_PX), GAP_PX))
    return sheet


if __name__ == "__main__":
    sys.exit(main())
