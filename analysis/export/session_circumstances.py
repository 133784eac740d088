"""What the files of a data set show of how the sessions of a participant were held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from analysis.export.beh import (
    exported_refresh_hz,
    exported_wait_s,
    system_family,
    without_reasons,
)
from analysis.export.labelled_session import LabelledSession


def circumstances_of(sessions: Sequence[LabelledSession]) -> pd.DataFrame:
    """One row per participant (index: label): number of sessions, input devices, system, display, protocol,
    stimulus set, version of PsychoPy, whether sessions were finished and interrupted, and how long they
    waited for the disk, all as the files tell it.

    What differs between the sessions of a participant is joined. Only what others can have seen, or what
    changes from day to day in a laboratory.
    """
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for session in sessions:
        display, table = session.facts.display, session.trials.table
        software = session.details.record.software
        width, height = display.size_px
        found[session.label].append(
            {
                "input device": "|".join(sorted(set(table["input"].dropna()))),
                "operating system": system_family(software.get("system", "")),
                "display": f"{width} x {height}, {exported_refresh_hz(session.facts)} Hz, {display.backend}",
                "protocol": session.protocol,
                "stimulus set": session.facts.manifest_sha256,
                "version of PsychoPy": software.get("psychopy", "") if display.backend == "psychopy" else "",
                "source of press times": without_reasons(display.response_source),
                "interruptions": "yes" if session.facts.resumed else "no",
                "unfinished sessions": "no" if session.trials.finished else "yes",
                "waiting for the disk": f"{exported_wait_s(session.facts)} s",
            }
        )
    rows = {
        label: {
            "number of sessions": str(len(each)),
            **{name: "; ".join(dict.fromkeys(one[name] for one in each)) for name in each[0]},
        }
        for label, each in found.items()
    }
    by_label: pd.DataFrame = pd.DataFrame.from_dict(rows, orient="index", dtype=object)
    return by_label
