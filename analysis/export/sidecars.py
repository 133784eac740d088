"""The fields of ``_beh.json`` files that describe no column: what is written, read back and documented."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from stimuli.tsv import EMPTY


class _Sidecar(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True, frozen=True, extra="ignore")


class StimulusPresentation(_Sidecar):
    """How the clips were shown, by the names of the standard."""

    operating_system: str = Field(description="Its family: Linux, Windows or macOS.")
    software_name: str = Field(description="What drew the clips; n/a where there was no window.")
    software_version: str = Field(description="Its version.")
    screen_refresh_rate: float = Field(description="In Hz, rounded to a whole number.")
    screen_resolution: tuple[int, int] = Field(description="Width and height of the window in px.")


class SessionSidecar(_Sidecar):
    """In the file beside each table of trials; the same in all files of a session."""

    stimulus_presentation: StimulusPresentation = Field(
        description="How the clips were shown: the fields of the standard below."
    )
    protocol: str = Field(
        pattern=r"^[A-Za-z0-9-]+$",
        description="File in `code/protocols` (without `.json`) with what was run.",
    )
    stimulus_set: str = Field(description="SHA-256 of the manifest of the stimulus set.")
    pilot: bool = Field(description="Whether it was a pilot session.")
    finished: bool = Field(description="Whether the session came to its end.")
    display_backend: str = Field(description="`psychopy`, or `virtual` where there was no window.")
    display_pacing: str = Field(description="What paced the flips: `vsync`, `software` or `virtual`.")
    response_source: str = Field(
        description="Who told the times of presses: `X11 server time`, `ioHub`, `psychtoolbox queues`, "
        "`pyglet, stamped when read` or `virtual`."
    )
    input_changes: tuple[str, ...] = Field(
        description="From which source of these times to which the session went over on the way."
    )
    resumed: int = Field(description="How often the session was taken up again after an interruption.")
    held_up: float = Field(description="How long the session waited for room on the disk, in whole s.")
    too_soon_presses: int = Field(description="Presses within the minimum viewing time; no answers.")


class TaskSidecar(_Sidecar):
    """In ``task-<label>_beh.json`` at the top of the data set, together with the columns."""

    task_name: str = Field(description="Condition and phase.")
    task_description: str = Field(description="What there was to do.")
    instructions: str = Field(description="What was said before the first trial, in English where it was.")
    cog_atlas_id: str = Field(
        default=EMPTY, alias="CogAtlasID", description="n/a: the task has no entry there."
    )
    cog_po_id: str = Field(default=EMPTY, alias="CogPOID", description="n/a: the task has no entry there.")
    institution_name: str = Field(default=EMPTY, description="n/a: left out on purpose.")
    institution_address: str = Field(default=EMPTY, description="n/a: left out on purpose.")
    institutional_department_name: str = Field(default=EMPTY, description="n/a: left out on purpose.")
    condition: str = Field(description="The condition, as the protocol names it.")
    phase: str = Field(description="`training` or `test`.")
