"""People beside models: what may be compared, and the measures of both on the same clips.

shared_clips     which answers of models stand beside those of people
model_accuracy   accuracy and drop of models
training_clips   clips that a model has learnt from are no test of it
"""

from __future__ import annotations
