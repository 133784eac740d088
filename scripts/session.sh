#!/usr/bin/env bash
# From a fresh clone to a finished pilot session and its report. Arguments are handed to run_session.py.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/pilot_stimuli.sh
python=.venv/bin/python

simulation=()
display=()
if [ "$(uname)" != Darwin ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    # 24 bits: at less, the window waits for ever for a configuration that the display cannot give.
    display=(xvfb-run -a -s "-screen 0 1920x1080x24")
fi
# People and simulated participants are kept apart, and both from the study's data.
data=data/pilot
case " $* " in
    *" --simulate"*) data=data/pilot-simulated ;;
    *)
        if [ ${#display[@]} -gt 0 ]; then
            echo "No display was found: a simulated participant takes the pilot session on a virtual display."
            data=data/pilot-simulated
            simulation=(--simulate visual --speed 4)
        fi
        ;;
esac

said=$(mktemp)
trap 'rm -f "$said"' EXIT
# The ${array[@]+...} spelling: bash 3.2, which macOS has, takes an empty array for an unset one.
status=0
${display[@]+"${display[@]}"} "$python" run_session.py protocols/pilot.yaml --stimuli stimulus_sets/pilot --data "$data" \
    ${simulation[@]+"${simulation[@]}"} "$@" | tee -i "$said" || status=$?

case $status in
    0) ;;
    3) exit 0 ;; # stopped by the experimenter; the program has said how to go on
    *) exit "$status" ;;
esac

# The program says itself where the session's folder is: there may be others, and --data among the arguments.
session=$(sed -n 's/^.*ession finished\. Its data are in //p' "$said" | tail -n 1)
if [ -z "$session" ]; then
    exit 0 # --help, for example
fi
report=$(dirname "$(dirname "$session")")/reports/$(basename "$session")
allowed=$("$python" - "$session/session.json" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    session = json.load(file)
print("--allow-pilot" if session["pilot"] else "", "--allow-simulated" if session["simulated"] else "")
PYTHON
)
# Unquoted on purpose: none, one or two options.
"$python" -m analysis report "$session" -o "$report" $allowed >/dev/null
echo "The report of this session is in $report/report.html"
