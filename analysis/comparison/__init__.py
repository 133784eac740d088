"""People beside models: what may be compared, and the measures of both on the same clips.

shared_clips     which answers of models stand beside those of people
model_accuracy   accuracy and drop of models
training_clips   clips that a model has learnt from are no test of it

answers               one answer of every observer to every item, in matrices
kappa                 error consistency of pairs, vectorised, with its interval and bounds
profile_likelihood    which kappas the counts of a pair do not refuse
design_effect         how much more kappa varies because clips of a group resemble one another
copy_model            agreement as copying
item_draws            draws of clip groups and people
agreement             the table of all pairs
mean_agreement        means over pairs that share observers
confusion_agreement   the same mistakes: distance of confusions, same wrong answers
agreement_findings    all of these, for the command and the report

rank_correlation   Spearman's correlation and medians under weights
noise_ceiling      how well clip scores of these people could be told at all
certainty          how sure a model is of each clip
items              people and models clip by clip
clip_motion        how much moves in a clip: everything, the camera, the rest
clip_properties    which properties go with errors
gallery            the clips where people and a model part most
clip_findings      all of these, for the command and the report

independent_band      how far kappa strays between observers with independent errors
comparison_findings   agreement, equivalence, ranking, drops and clips, for the report
"""

from __future__ import annotations
