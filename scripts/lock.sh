#!/usr/bin/env bash
# Writes constraints.txt anew from pyproject.toml: one set of versions for Python 3.10 to 3.12 on Linux, Windows, macOS.
# Needs uv (https://docs.astral.sh/uv), on the path or in .venv, and the network.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$(command -v uv || echo .venv/bin/uv)
resolved=$(mktemp)
trap 'rm -f "$resolved"' EXIT

"$uv" pip compile pyproject.toml --all-extras --universal --python-version 3.10 --default-index https://pypi.org/simple \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet --upgrade --output-file "$resolved"

{
    cat <<'HEADER'
# The exact version of every package, for Python 3.10 to 3.12 on Linux, Windows and macOS. Used as `pip install -c`, so a
# line takes effect only where its package is wanted: those of torch cost nothing without the extra `models`.
# Written by scripts/lock.sh. Left out, because one package that is here names the exact versions itself:
#   nvidia-*, cuda-*, triton    named by torch's CUDA build; the CPU build has none of them
#   pyobjc-framework-*          named by pyobjc, on macOS
HEADER
    grep -v -E '^(nvidia-|cuda-|triton|pyobjc-framework-)' "$resolved"
} > constraints.txt
