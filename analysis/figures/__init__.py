"""Measures -> matplotlib figures; nothing is read or written here.

panels, times       what figures are put together from
the others          one figure each
"""

from __future__ import annotations

from analysis.figures.accuracy_drop_lines import accuracy_drop_lines
from analysis.figures.choices_per_participant import choices_per_participant, spread_of_choices
from analysis.figures.clip_gallery import clip_gallery
from analysis.figures.clip_properties import clip_properties
from analysis.figures.clip_ranking import clip_ranking, hardest_clips
from analysis.figures.clip_scatter import clip_scatter
from analysis.figures.condition_overview import overview
from analysis.figures.item_correlations import item_correlations_figure
from analysis.figures.learning_curves import learning_curves
from analysis.figures.models import people_and_models
from analysis.figures.participant_panels import participants
from analysis.figures.questionnaire_bars import questionnaire_bars
from analysis.figures.speed_and_accuracy import speed_and_accuracy
from analysis.figures.time_quantiles import shares_by_time, time_quantiles
from analysis.figures.timing_quality import timing_quality
from analysis.figures.within_participants import within_participants

__all__ = [
    "accuracy_drop_lines",
    "choices_per_participant",
    "clip_gallery",
    "clip_properties",
    "clip_ranking",
    "clip_scatter",
    "hardest_clips",
    "item_correlations_figure",
    "learning_curves",
    "overview",
    "participants",
    "people_and_models",
    "questionnaire_bars",
    "shares_by_time",
    "speed_and_accuracy",
    "spread_of_choices",
    "time_quantiles",
    "timing_quality",
    "within_participants",
]
