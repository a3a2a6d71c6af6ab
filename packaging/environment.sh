# Sourced by start and test: makes the virtual environment in $VENV (default .venv) and installs $WANTED into it,
# "." or ".[dev]". Sets $PYTHON. Nothing is done again that is done already.
set -eu
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv}
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
PYTHON=$VENV/bin/python
stamp="$VENV/installed $WANTED"
if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ] || [ packaging/constraints.txt -nt "$stamp" ]; then
  echo "Installing into $VENV (a few minutes the first time) …"
  "$PYTHON" -m pip install --quiet --disable-pip-version-check --constraint packaging/constraints.txt --editable "$WANTED"
  touch "$stamp"
fi

# A bare container lacks what Qt links to and has no font: with apt and the right to use it, they are installed.
system_packages() {
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 0
  missing=
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"; done
  [ -z "$missing" ] && return 0
  apt-get update -qq
  # shellcheck disable=SC2086  # a list of packages
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
QT_PACKAGES="libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 fonts-inter fonts-jetbrains-mono fonts-dejavu-core"
