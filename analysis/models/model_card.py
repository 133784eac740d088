"""The card of a file of weights: which network it is, what its outputs mean, and what it learnt from."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from analysis.errors import AnalysisError
from stimuli.errors import reason_of
from stimuli.validation import first_problem
from stimuli.whole_file import read_whole

SUFFIX = ".json"


class Card(BaseModel):
    """What is known of trained weights.

    `model`: name in the zoo; `actions`: in the order of the outputs; `conditions`, `split`: the clips it
    learnt from; `manifest_sha256`: of the manifest they stand in. `training_groups` are "<Action> <number>",
    `training_clip_ids` every clip that changed a weight, validation left out. Of weights that were
    fine-tuned: `start_clip_ids` are all clips that had changed them before, `start_without_card` is the file
    on the way to them that has no card. A comparison with people must use none of these clips.
    `configuration`: what the training was told; `versions`: of the packages; `metrics`: what came out, as in
    {"validation accuracy": 0.91}. `weights_sha256` is filled in when the weights are saved: of the file that
    the card lies beside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    weights_sha256: str = ""
    model: str
    actions: tuple[str, ...] = Field(min_length=2)
    conditions: tuple[str, ...]
    split: str
    manifest_sha256: str
    training_groups: tuple[str, ...]
    training_clip_ids: tuple[str, ...]
    start_clip_ids: tuple[str, ...] = ()
    start_without_card: str | None = None
    configuration: dict[str, JsonValue]
    versions: dict[str, str]
    metrics: dict[str, float]

    @property
    def learnt_clip_ids(self) -> tuple[str, ...]:
        """Every clip that the weights are known to have learnt from, in this training or one before it."""
        return tuple(dict.fromkeys((*self.training_clip_ids, *self.start_clip_ids)))

    @property
    def unknown_start(self) -> str | None:
        """The weights on the way to these of which nobody knows what they learnt from; None without such.

        Cards once kept nothing of the weights that a training began with but their hash.
        """
        start = self.configuration.get("start_sha256")
        if self.start_without_card is None and not self.start_clip_ids and start is not None:
            return f"weights with the sha256 {str(start)[:12]}"
        return self.start_without_card

    @property
    def training_clips_sha256(self) -> str:
        """One hash for the choice of training clips: of their sorted names, a line each."""
        names = "".join(f"{name}\n" for name in sorted(self.training_clip_ids))
        return hashlib.sha256(names.encode()).hexdigest()


def card_path(weights: Path) -> Path:
    """Where the card of a file of weights lies: `e2s.safetensors` -> `e2s.json`."""
    return weights.with_suffix(SUFFIX)


def read_card(weights: Path, weights_sha256: str) -> Card | None:
    """The card beside a file of weights with this hash; None where there is none, as for published weights.

    Raises AnalysisError where there is one that cannot be read, or that belongs to other weights.
    """
    path = card_path(weights)
    try:
        text = read_whole(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AnalysisError(f"The card {path} cannot be read: {reason_of(error)}") from error
    try:
        card = Card.model_validate_json(text)
    except ValidationError as error:
        raise AnalysisError(
            f"{path} lies beside {weights.name} but is no card of weights: {first_problem(error)}"
        ) from error
    if card.weights_sha256 != weights_sha256:
        raise AnalysisError(
            f"{path} is the card of other weights than {weights.name}: it names the sha256 "
            f"{card.weights_sha256[:12]}, the file has {weights_sha256[:12]}; one of the two was replaced"
        )
    return card
