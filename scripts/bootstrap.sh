#!/bin/sh
# Makes .venv ready to work with: a virtual environment with Lading (editable) and dependency groups.
#
#   sh scripts/bootstrap.sh [GROUP...]        groups of pyproject.toml, such as: test lint example
#
# Needs a Python of at least 3.11 and a package registry that pip can reach. Does nothing when nothing has
# changed. PYTHON=... chooses the interpreter, VENV=... another folder.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

version() { # of the interpreter $1, as in 3.12; fails if it does not run
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

recent() { # whether the interpreter $1 runs and is recent enough
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

choose_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if recent "$candidate"; then
            python=$candidate
            return
        fi
    done
    fail "Lading needs Python 3.11 or newer, and ${PYTHON:-python3} is $(version "${PYTHON:-python3}" || echo missing)." \
        "Install one, or name it: make PYTHON=/path/to/python3.12"
}

# Debian keeps what makes virtual environments in a package of its own.
provide_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    package=python$(version "$python")-venv
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        echo "Installing Debian's $package"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    else
        fail "$python cannot make virtual environments: it lacks ensurepip." \
            "On Debian and Ubuntu: sudo apt-get install $package"
    fi
}

make_venv() {
    if recent "$venv/bin/python"; then
        [ -z "${PYTHON:-}" ] && return
        [ "$(version "$venv/bin/python")" = "$(version "$PYTHON")" ] && return
    fi
    choose_python
    provide_venv
    echo "Making $venv with Python $(version "$python")"
    "$python" -m venv --clear "$venv"
}

make_venv

# One stamp for each group: what was asked for, and of which Python.
key="$(cksum <pyproject.toml) $(version "$venv/bin/python")"
set -- base "$@"
stale=
for group; do
    if [ "$(cat "$venv/.installed-$group" 2>/dev/null)" != "$key" ]; then
        stale="$stale $group"
    fi
done
[ -n "$stale" ] || exit 0

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"
}

echo "Installing Lading and what it needs for:$stale"
options=
for group in $stale; do
    [ "$group" = base ] || options="$options --group $group"
done
pip install --upgrade 'pip>=25.1' # the first that knows --group
# shellcheck disable=SC2086 # one word each
pip install --editable . $options
for group in $stale; do
    printf '%s\n' "$key" >"$venv/.installed-$group"
done
