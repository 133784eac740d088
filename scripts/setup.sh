#!/usr/bin/env bash
# Everything that has to be there before a program of ours runs: system libraries, the virtual environment, packages.
#
#   scripts/setup.sh          what a session and its report need
#   scripts/setup.sh export   that, and the validator that exports are checked by
#   scripts/setup.sh dev      all that, and what tests, linting and type checks need: torch, too
#
# A second run installs nothing and needs no network. PYTHON=/path/to/python3.11 chooses the interpreter.
# TORCH_INDEX=https://... names another place for torch's CPU builds.
set -euo pipefail
cd "$(dirname "$0")/.."

extra=${1:-}  # "", export or dev

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 2; }

# Debian and Ubuntu packages beyond a bare machine, and what each is for.
debian_packages=(
    xvfb xauth                                                  # the virtual display
    libgl1 libgl1-mesa-dri libglx-mesa0 libglu1-mesa libegl1    # OpenGL: every window
    libxi6 libxinerama1                                         # pyglet: keyboard, mouse, screens
    libfontconfig1 libfreetype6 fonts-dejavu-core               # pyglet: text
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0  # PyQt6: its dialogs abort without them
    libxcb-xkb1 libxkbcommon-x11-0 libdbus-1-3
    libglib2.0-0                                                # PyQt6 and OpenCV
    libjack-jackd2-0                                            # psychtoolbox does not import without it
    libportaudio2                                               # sound
)

# Sets `python` to the first interpreter that is new enough and not too new for PsychoPy.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3.12 python3.10 python3}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then
            python=$candidate
            return
        fi
    done
    if [ -n "${PYTHON:-}" ]; then
        fail "PYTHON=$PYTHON is not a Python 3.10, 3.11 or 3.12, which PsychoPy needs."
    fi
    fail "No Python 3.10, 3.11 or 3.12 was found, and PsychoPy runs on no other. Install one (on Debian 12:" \
        "apt-get install python3; elsewhere for example: uv python install 3.11) and start it as PYTHON=/path/to/python make ..."
}

# Debian and Ubuntu split what makes virtual environments off their own Python; every other Python has it.
add_venv_package() {
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        if [ -x /usr/bin/apt-get ] && "$python" -c 'import sys; sys.exit(sys.base_prefix != "/usr")'; then
            debian_packages+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
        else
            fail "$(command -v "$python") cannot make virtual environments: its modules venv and ensurepip are missing."
        fi
    fi
}

install_system_packages() {
    if ! command -v dpkg-query >/dev/null || [ ! -x /usr/bin/apt-get ]; then
        return  # The packages of other systems have other names.
    fi
    local installed missing=() package
    # From Debian 13 and Ubuntu 24.04 on, some carry the suffix of the change to 64-bit times.
    installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' \
        "${debian_packages[@]}" "${debian_packages[@]/%/t64}" 2>/dev/null || true)"
    for package in "${debian_packages[@]}"; do
        case "$installed" in
            *" installed:$package "* | *" installed:${package}t64 "*) ;;
            *) missing+=("$package") ;;
        esac
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            say "These system packages are missing: ${missing[*]}" >&2
            say "Install them with this line, then run the same command again:" >&2
            fail "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
        fi
        as_root=(sudo -n)
    fi
    say "Installing system packages: ${missing[*]}"
    # An unreachable list of some other source is no reason to stop; a package that cannot be had is, below.
    ${as_root[@]+"${as_root[@]}"} apt-get update -q >/dev/null || true
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null \
        || fail "apt-get could not install the system packages (its own words are above). The line was:" \
            "apt-get install -y --no-install-recommends ${missing[*]}"
}

make_environment() {
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 13))' \
            || fail "The Python in .venv is not 3.10, 3.11 or 3.12, which PsychoPy needs. Delete .venv and run this again."
        return
    fi
    say "Making the virtual environment .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

pip_install() {
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input \
        --constraint constraints.txt "$@"
}

# On Linux the package index has torch for CUDA alone, which draws gigabytes; PyTorch's own index has it for the CPU.
# A torch that is there stays, whatever it was built for. One that cannot be had here comes with the other packages.
install_cpu_torch() {
    if [ "$(uname -s)" != Linux ]; then
        return
    fi
    if .venv/bin/python - <<'PYTHON'
import importlib.metadata
import sys

wanted = [line.strip() for line in open("constraints.txt") if line.startswith(("torch==", "torchvision=="))]
try:
    found = [f"{name}=={importlib.metadata.version(name).partition('+')[0]}" for name in ("torch", "torchvision")]
except importlib.metadata.PackageNotFoundError:
    sys.exit(1)
sys.exit(sorted(found) != sorted(wanted))
PYTHON
    then
        return
    fi
    say "Installing torch and torchvision for the CPU (about 200 MB)"
    pip_install --no-deps --timeout 10 --retries 1 --index-url "${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" \
        torch torchvision 2>/dev/null \
        || say "Their CPU builds cannot be fetched; the package index may bring those for CUDA (several GB) instead."
}

install_packages() {
    say "Installing the Python packages into .venv (a few minutes, about 2 GB)"
    local extras=$extra
    if [ "$extra" = dev ]; then
        extras=dev,models
    fi
    pip_install --editable ".${extras:+[$extras]}" \
        || fail "pip could not install the packages (its own words are above). Is the network there, and is the disk not full?" \
            "Run the same command again: it goes on where it stopped."
}

# What was installed is noted in the environment. The note holds as long as what decides stays as it is: the versions,
# and pyproject.toml down to the settings of the tools.
wanted=$({ sed '/^\[tool\./,$d' pyproject.toml; cat constraints.txt; } | cksum)
is_installed() { [ "$(cat ".venv/installed-$1" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; }

if is_installed dev || { [ "$extra" != dev ] && is_installed export; } \
    || { [ -z "$extra" ] && is_installed session; }; then
    install_system_packages
    exit 0
fi
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    find_python
    add_venv_package
fi
install_system_packages
make_environment
if [ "$extra" = dev ]; then
    install_cpu_torch
fi
install_packages
printf '%s' "$wanted" > ".venv/installed-${extra:-session}"
