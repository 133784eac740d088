"""People beside models: what may be compared, and the measures of both on the same clips.

shared_clips     which answers of models stand beside those of people
model_accuracy   accuracy and drop of models
training_clips   clips that a model has learnt from are no test of it

answers               one answer of every observer to every item, in matrices
model_runs            which run of a model counts, where it has several
kappa                 error consistency of pairs, vectorised, with its interval and bounds
profile_likelihood    which kappas the counts of a pair do not refuse
design_effect         how much more kappa varies because clips of a group resemble one another
copy_model            agreement as copying
item_draws            draws of clip groups and people
agreement             the table of all pairs
kappa_parts           what a mean kappa varies with: people, clip groups
mean_agreement        means over pairs that share observers
kappa_matrix          all pairs as a matrix, those who err alike side by side
confusion_agreement   the same mistakes: distance of confusions, same wrong answers
remarks               what is said aloud: overlap, gaps, what cannot be told
agreement_findings    all of these, for the command

rank_correlation   Spearman's correlation and medians under weights
noise_ceiling      how well clip scores of these people could be told at all
certainty          how sure a model is of each clip
items              people and models clip by clip
clip_motion        how much moves in a clip: everything, the camera, the rest
clip_properties    which properties go with errors
gallery            the clips where people and a model part most
clip_findings      all of these, for the command and the report

paired_answers   people's trials beside a model's answers to the same clips
margin           within which difference both count as on a par
equivalence      two one-sided tests of the difference of accuracies
drops            what people and models lose between conditions, and published drops
model_kappas     mean kappas of models with people, and how they vary together
rankable         which of them can be ranked
rank_letters     an order that claims no more than is known
ranking          models by their likeness to people, with the probability of each rank

study_source        what is known of a study before it is done
planning_question   what it is to tell apart
simulated_answers   people and a model in studies that were not done
planned_tests       the tests it will make
planning            the power of designs

independent_band      how far kappa strays between observers with independent errors
comparison_findings   agreement, equivalence, ranking, drops and clips, for the report and `compare`
"""

from __future__ import annotations
