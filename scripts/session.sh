#!/usr/bin/env bash
# From a fresh clone to a finished pilot session and its report. Arguments are handed to run_session.py.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
python=.venv/bin/python
stimuli=stimulus_sets/pilot

# The manifest is written last: where it is, the set is complete.
if [ ! -f "$stimuli/manifest.tsv" ]; then
    "$python" -m stimuli build synthetic -o "$stimuli" --per-class 8
fi

if [ "$(uname)" = Darwin ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    data=data
    display=()
    simulation=()
    allowed=(--allow-pilot)
else
    echo "No display was found: a simulated participant takes the pilot session on a virtual display."
    data=data/simulated
    # 24 bits: at less, the window waits for ever for a configuration that the display cannot give.
    display=(xvfb-run -a -s "-screen 0 1920x1080x24")
    simulation=(--simulate visual --speed 4)
    allowed=(--allow-pilot --allow-simulated)
fi

# The ${array[@]+...} spelling: bash 3.2, which macOS has, takes an empty array for an unset one.
status=0
${display[@]+"${display[@]}"} "$python" run_session.py protocols/pilot.yaml --stimuli "$stimuli" --data "$data" \
    ${simulation[@]+"${simulation[@]}"} "$@" || status=$?

case $status in
    0) ;;
    3)
        latest=$(ls -t "$data/sessions" | head -n 1)
        echo "Every choice so far is in $data/sessions/$latest. To go on with that session:"
        echo "    $python run_session.py protocols/pilot.yaml --stimuli $stimuli --data $data" \
            "--participant ${latest%_*} --resume"
        exit 0
        ;;
    *) exit "$status" ;;
esac

"$python" -m analysis report "$data" -o "$data/report" "${allowed[@]}"
echo "The data are in $data/sessions, the report is $PWD/$data/report/report.html"
