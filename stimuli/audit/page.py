"""The page: an audited set -> one HTML text that needs no other file and no network."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from stimuli.audit.figure import set_figure
from stimuli.audit.records import ClipAudit, Outcome, Verdict
from stimuli.audit.whole_set import AuditedSet

WORST_SHOWN, REPRESENTATIVE_SHOWN = 48, 6
_GRAVITY: dict[Outcome, int] = {"fail": 2, "cannot be told": 1, "pass": 0}
_QUESTIONS = (
    ("static_leak", "1. Static leak", "Is every frame, taken alone, nothing but independent noise?"),
    ("motion", "2. Motion fidelity", "Is the motion between frames the motion of the source?"),
    ("encoding", "3. Encoding", "Does the file hold what was generated, at the source's length and rate?"),
)


@dataclass(frozen=True)
class Card:
    """One question about the whole set."""

    title: str
    question: str
    verdict: Verdict


@dataclass(frozen=True)
class Row:
    """A clip of the table; `pictures` are data URIs, empty where the page would grow too large."""

    clip: ClipAudit
    pictures: tuple[str, ...]


def render_page(audited: AuditedSet) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=PackageLoader("stimuli.audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": _number,
        "percent": _percent,
        "probability": _probability,
        "count": _count,
        "slug": lambda outcome: outcome.replace(" ", "-"),
    }
    ordered = worst_first(audited.audit.clips)
    shown = _shown(ordered)
    rows = [
        Row(clip, tuple(_data_uri(data) for data in audited.strips[clip.clip_id]) if clip in shown else ())
        for clip in ordered
    ]
    return environment.get_template("audit.html").render(
        audit=audited.audit,
        cards=[
            Card(title, question, getattr(audited.audit.verdicts, name))
            for name, title, question in _QUESTIONS
        ],
        rows=rows,
        pictured=sum(bool(row.pictures) for row in rows),
        worst_shown=WORST_SHOWN,
        representative_shown=REPRESENTATIVE_SHOWN,
        figure=set_figure(audited.audit),
    )


def worst_first(clips: Sequence[ClipAudit]) -> list[ClipAudit]:
    """Clips with more failures first, then what cannot be told, then by how well their motion is kept."""

    def key(clip: ClipAudit) -> tuple[float, ...]:
        gravity = sorted((_GRAVITY[outcome] for outcome in clip.verdicts.outcomes), reverse=True)
        return (*(-each for each in gravity), _faithfulness(clip))

    return sorted(clips, key=lambda clip: (*key(clip), clip.clip_id))


def _faithfulness(clip: ClipAudit) -> float:
    motion = clip.motion
    if motion is None or motion.clip.r is None or not motion.recursive.r:
        return math.inf
    return motion.clip.r / motion.recursive.r


def _shown(ordered: Sequence[ClipAudit]) -> list[ClipAudit]:
    worst, others = list(ordered[:WORST_SHOWN]), ordered[WORST_SHOWN:]
    step = max(1, math.ceil(len(others) / REPRESENTATIVE_SHOWN))
    return worst + list(others[step // 2 :: step])


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}".replace("-", "−")


def _probability(p: float | None) -> str:
    """`0.034` as it is, `0` as `< 1e-300`, small ones as `2e-17`."""
    if p is None:
        return "–"
    if p < 1e-300:
        return "< 1e−300"
    return f"{p:.2g}" if p >= 1e-3 else f"{p:.0e}".replace("e-0", "e−").replace("e-", "e−")


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
