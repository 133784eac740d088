#!/usr/bin/env bash
# From nothing to a report: ten simulated participants take the pilot without a window. All of it goes to example/,
# which is made anew.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/pilot_stimuli.sh
python=.venv/bin/python

rm -rf example
for number in $(seq 10); do
    "$python" run_session.py protocols/pilot.yaml --stimuli stimulus_sets/pilot --data example --simulate data --seed "$number"
done
"$python" -m analysis trials example -o example/trials.tsv --allow-pilot --allow-simulated
"$python" -m analysis report example -o example/report --allow-pilot --allow-simulated >/dev/null

echo
echo "Nobody sat before a screen: the ten participants are simulated and answer as the published group did."
echo "    example/sessions/               what a session leaves: plan, journal of every choice, time of every frame"
echo "    example/trials.tsv              one row for every trial"
echo "    example/report/report.html      the figures; open it in a browser"
