#!/usr/bin/env bash
# From nothing to a report and an anonymised data set: ten simulated participants take the pilot without a window, and
# two models answer its clips. The data go to example/, what could be published to example-shared/; both are made anew.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh export
scripts/pilot_stimuli.sh
python=.venv/bin/python

rm -rf example example-shared
for number in $(seq 10); do
    "$python" run_session.py protocols/pilot.yaml --stimuli stimulus_sets/pilot --data example --simulate data --seed "$number"
done
"$python" -m analysis trials example -o example/trials.tsv --allow-pilot --allow-simulated

# A function of two dozen lines, and the kept answers of a network that was trained on other drawn clips (docs/models.md).
"$python" -m analysis predict "Vertical motion" --entry-point docs.examples.vertical_motion:answer \
    --stimuli stimulus_sets/pilot -o example/vertical-motion.tsv
kept=analysis/reference/predictions/e2s-x3d-small
"$python" -m analysis report example -o example/report --predictions example/vertical-motion.tsv \
    --predictions $kept-ucf5.tsv --predictions $kept-afd5.tsv --allow-pilot --allow-simulated >/dev/null

# Beside the data: nothing is written into what participants did.
"$python" -m analysis export example -o example-shared/export --allow-pilot --allow-simulated

echo
echo "Nobody sat before a screen: the ten participants are simulated and answer as the published group did."
echo "    example/sessions/               what a session leaves: plan, journal of every choice, time of every frame"
echo "    example/trials.tsv              one row for every trial"
echo "    example/vertical-motion.tsv     what a model of two dozen lines answered"
echo "    example/report/report.html      the figures, people beside models; open it in a browser"
echo "    example-shared/export/          the same sessions as an anonymised data set in the BIDS standard"
echo "    example-shared/disclosure_report.html   what that discloses"
