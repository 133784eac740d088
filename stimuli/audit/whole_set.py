"""All clips of a set measured and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stimuli.appearance_free import GENERATOR_VERSION
from stimuli.audit.checks import ClipCheck, ClipFindings, check_clip, law_of
from stimuli.audit.recognition import LabelledClues, recognise
from stimuli.audit.records import Audit, AuditSoftware, ClipAudit, Limits, Verdicts
from stimuli.audit.verdicts import (
    encoding_verdict,
    leak_verdict,
    limits_for,
    motion_verdict,
    pooled_leaks,
    set_verdicts,
)
from stimuli.clip import Clip
from stimuli.description import SetDescription, installed_software, read_description
from stimuli.errors import StimulusError
from stimuli.flow import RAFT_NAMES
from stimuli.installed import installed_version
from stimuli.manifest import StimulusSet, read_stimulus_set
from stimuli.workers import Killed, outcomes


@dataclass(frozen=True)
class AuditedSet:
    """The audit and, by clip_id, its pictures: JPEG files, RGB | flow | noise."""

    audit: Audit
    strips: dict[str, tuple[bytes, ...]]


def audit_set(root: Path, workers: int, on_progress: Callable[[int, int], None]) -> AuditedSet:
    """Audit the appearance-free clips of the set in `root`, clips side by side in so many processes.

    A clip that cannot be read fails and does not stop the others. Raises StimulusError when there is no set,
    or no appearance-free clip in it.
    """
    stimulus_set = read_stimulus_set(root)
    description = read_description(root)
    clips = [clip for clip in stimulus_set.clips if clip.condition == "AFD5"]
    if not clips:
        raise StimulusError(f"The stimulus set {root} holds no appearance-free clip to audit.")
    # A check is sent with the two clips that it needs, not with the whole set.
    checks = [ClipCheck(_with_source(stimulus_set, clip), description, clip) for clip in clips]
    found: dict[int, ClipFindings] = {}
    for index, outcome in outcomes(check_clip, checks, workers):
        found[index] = _unmeasured(clips[index]) if isinstance(outcome, Killed) else outcome
        on_progress(len(found), len(clips))
    findings = [found[index] for index in range(len(clips))]
    audit = _audit(stimulus_set, description, findings)
    return AuditedSet(audit, {found.clip.clip_id: found.strips for found in findings})


def _with_source(stimulus_set: StimulusSet, clip: Clip) -> StimulusSet:
    pair = (clip, stimulus_set.by_id(clip.source_clip_id or ""))
    return StimulusSet(stimulus_set.root, pair, stimulus_set.sha256)


def _unmeasured(clip: Clip) -> ClipFindings:
    problem = "The process that measured it was killed; if memory is short, try --workers 1."
    return ClipFindings(clip, None, None, None, (problem,), None, None, ())


def _audit(stimulus_set: StimulusSet, description: SetDescription, findings: Sequence[ClipFindings]) -> Audit:
    law = law_of(description)
    sizes = Counter((found.clip.height, found.clip.width) for found in findings)
    frames = sum(found.clip.frames for found in findings)
    limits = limits_for(frames, sizes.most_common(1)[0][0], len(law.varying), len(sizes))
    software = installed_software()
    same = (
        software == description.software
        and description.generator_version in (None, GENERATOR_VERSION)
        and description.flow not in RAFT_NAMES
    )
    audited = [_judged(found, limits, description, same_software=same) for found in findings]
    clues = [
        LabelledClues(found.clip.action, found.clip.group, found.clues)
        for found in findings
        if found.clues is not None
    ]
    recognition = recognise(clues, limits.p_recognition)
    pooled = pooled_leaks([found.pooled for found in findings if found.pooled], law, limits)
    return Audit(
        stimulus_set=stimulus_set.root.resolve().name,
        manifest_sha256=stimulus_set.sha256,
        recipe=description.recipe,
        software_of_set=description.software,
        software_of_audit=AuditSoftware(
            **software.model_dump(),
            scipy=installed_version("scipy", "unknown"),
            scikit_learn=installed_version("scikit-learn", "unknown"),
        ),
        limits=limits,
        verdicts=set_verdicts([clip.verdicts for clip in audited], pooled, recognition),
        pooled=pooled,
        recognition=recognition,
        clips=tuple(audited),
    )


def _judged(
    found: ClipFindings, limits: Limits, description: SetDescription, *, same_software: bool
) -> ClipAudit:
    return ClipAudit(
        clip_id=found.clip.clip_id,
        action=found.clip.action,
        group=found.clip.group,
        leak=found.leak,
        motion=found.motion,
        encoding=found.encoding,
        problems=found.problems,
        verdicts=Verdicts(
            static_leak=leak_verdict(found.leak, limits),
            motion=motion_verdict(found.motion, found.problems, limits),
            encoding=encoding_verdict(
                found.encoding, found.problems, afd101=description.afd101, same_software=same_software
            ),
        ),
    )
