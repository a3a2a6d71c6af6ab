# Sourced by start and test: makes the virtual environment in $VENV (default .venv) and installs $WANTED into it,
# ".[imagenet]" or ".[dev]". Sets $PYTHON. Nothing is done again that is done already; what was cut off is done again.
# $TORCH is the build of PyTorch, "cpu" or "cuda"; without it the one that is there stays, and at first whether an
# NVIDIA driver answers decides.
set -eu
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv}
PYTHON=$VENV/bin/python
STAMP="$VENV/installed $WANTED"
LOG=$VENV/install.log
UNFINISHED=$VENV/unfinished # holds the process that installs; where that is gone, it was cut off
CPU_INDEX=https://download.pytorch.org/whl/cpu
QT_PACKAGES="libbrotli1 libdbus-1-3 libegl1 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libwayland-client0
  libwayland-cursor0 libwayland-egl1 libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-glx0 libxcb-icccm4 libxcb-image0
  libxcb-keysyms1 libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1
  libxcb-xfixes0 libxcb-xkb1 libxcb1 libxkbcommon-x11-0 libxkbcommon0 fonts-inter fonts-jetbrains-mono fonts-dejavu-core"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$0: $*"
  exit 1
}

# A bare container lacks Python, what Qt links to, and any font: with apt and the right to use it, they are installed.
system_packages() {
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 0
  missing=
  for package in "$@"; do
    # Where time_t was widened the package's name was too.
    dpkg -s "$package" >/dev/null 2>&1 || dpkg -s "${package}t64" >/dev/null 2>&1 || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  say "Installing with apt-get:$missing …"
  # shellcheck disable=SC2086  # a list of packages
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
    >/dev/null 2>&1 || say "$0: apt-get could not install them; is there a network? Going on without."
}

is_new_enough() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if is_new_enough "$python"; then
      echo "$python"
      return
    fi
  done
}

needed_python() {
  found=$(find_python)
  if [ -z "$found" ]; then
    system_packages python3 python3-venv
    found=$(find_python)
  fi
  here=$(python3 --version 2>/dev/null) || here="no Python"
  [ -n "$found" ] || fail "Python 3.11 or newer is needed, and there is $here: install one (as python3.12, say) and" \
    "start again."
  if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$found" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')
    system_packages "$package"
    "$found" -c 'import ensurepip, venv' 2>/dev/null ||
      fail "$found comes without what makes an environment: install $package (sudo apt-get install $package) and" \
        "start again."
  fi
  echo "$found"
}

has_pip() { [ -x "$PYTHON" ] && "$PYTHON" -m pip --version >/dev/null 2>&1; }

make_environment() {
  if [ -e "$UNFINISHED" ] && kill -0 "$(cat "$UNFINISHED")" 2>/dev/null; then
    fail "process $(cat "$UNFINISHED") is installing into $VENV already: wait for it."
  fi
  if [ -e "$UNFINISHED" ] || ! has_pip; then
    others=$(ls -A "$VENV" 2>/dev/null | grep -vxE 'bin|include|lib|lib64|pyvenv.cfg' | head -n 1)
    [ -z "$others" ] || [ -e "$VENV/pyvenv.cfg" ] ||
      fail "$VENV holds other things than an environment of Python: name another folder in VENV."
    found=$(needed_python)
    "$found" -m venv --clear "$VENV" >/dev/null 2>&1 || fail "$found could not make an environment in $VENV:" \
      "is the folder writable, and is there room on the disk?"
  fi
}

has_nvidia() {
  if command -v nvidia-smi >/dev/null; then nvidia-smi -L >/dev/null 2>&1; else [ -r "${PROC:-/proc}/driver/nvidia/version" ]; fi
}

# Only Linux has two builds on PyTorch's indices; elsewhere pip's own is the one that serves.
torch_build() {
  case ${TORCH:-} in
    cpu | cuda) echo "$TORCH" ;;
    "") if [ -s "$VENV/torch" ]; then cat "$VENV/torch"; elif [ "$(uname -s)" != Linux ]; then echo only; elif has_nvidia; then echo cuda; else echo cpu; fi ;;
    *) fail "TORCH is $TORCH: it must be cpu or cuda." ;;
  esac
}

say_build() {
  if [ "$1" = "$(cat "$VENV/torch" 2>/dev/null)" ]; then
    say "Bringing $VENV up to date …"
    return
  fi
  where="Installing into $VENV (a few minutes the first time)"
  case $1 in
    cpu) say "$where: PyTorch's build for the CPU, about 1.4 GB on the disk in all; TORCH=cuda takes the one for NVIDIA." ;;
    cuda) say "$where: PyTorch's build for NVIDIA cards, about 5.2 GB on the disk in all; TORCH=cpu takes the smaller one." ;;
    *) say "$where …" ;;
  esac
}

# With pip's certificates and within five seconds: a blocked address would hold pip up for minutes.
answers() {
  "$PYTHON" - "$1" 2>/dev/null <<'PYTHON'
import sys
from pip._vendor import requests
requests.get(sys.argv[1], timeout=5).raise_for_status()
PYTHON
}

install() {
  build=$(torch_build)
  say_build "$build"
  set -- install
  if [ "$build" = cpu ]; then
    if answers "$CPU_INDEX/torch/"; then
      set -- install --extra-index-url "$CPU_INDEX"
    else
      say "$CPU_INDEX does not answer: pip takes the build that its own index has, which may be the larger one."
    fi
  fi
  echo $$ >"$UNFINISHED"
  [ "$(cat "$VENV/torch" 2>/dev/null)" = "$build" ] || "$PYTHON" -m pip uninstall --yes torch >/dev/null 2>&1 || true
  if "$PYTHON" -m pip "$@" --quiet --disable-pip-version-check --constraint packaging/constraints.txt \
    --editable "$WANTED" >"$LOG" 2>&1; then
    echo "$build" >"$VENV/torch"
    pwd >"$STAMP"
    rm -f "$UNFINISHED"
  else
    rm -f "$UNFINISHED"
    explain
  fi
}

explain() {
  grep -qi 'no space left' "$LOG" && fail "the disk is full: make room for what is told above, and start again."
  grep -qiE 'certificate.verify.failed' "$LOG" && fail "the certificate of pip's index is not trusted here; behind a" \
    "company's proxy, name its certificates in PIP_CERT, and start again."
  grep -qiE 'connection|name resolution|unreachable|timed out' "$LOG" && fail "pip's index does not answer: connect to" \
    "the network (or name a proxy in https_proxy), and start again; what is loaded by then is kept."
  fail "pip could not install it; its last words: $(grep -v '^ *$' "$LOG" | tail -n 1) All of them are in $LOG."
}

is_installed() {
  # A folder that was moved or copied still has the other one in its environment.
  [ -x "$PYTHON" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$(pwd)" ] && [ ! -e "$UNFINISHED" ] || return 1
  [ ! pyproject.toml -nt "$STAMP" ] && [ ! packaging/constraints.txt -nt "$STAMP" ] || return 1
  [ -z "${TORCH:-}" ] || [ "$TORCH" = "$(cat "$VENV/torch" 2>/dev/null)" ]
}

if ! is_installed; then
  make_environment
  install
fi
