#!/usr/bin/env bash
# Set-up, then the pilot's stimuli in stimulus_sets/pilot. A second run finds both and does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
# The manifest is written last: where it is, the set is complete.
if [ ! -f stimulus_sets/pilot/manifest.tsv ]; then
    .venv/bin/python -m stimuli build synthetic -o stimulus_sets/pilot --per-class 8
fi
