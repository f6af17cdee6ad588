# Sourced by the scripts beside it: `set_up LOCK` makes .venv hold what LOCK names, and is quick where it already does.
# Every failure is one line on stderr that says what is missing. Nothing outside the checkout is written but pip's cache.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What else a shell may have set for Python and pip has no place in here; mirrors, proxies and certificates hold.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
export PIP_USER=0

missing() {
    echo "${0##*/}: $*" >&2
    exit 1
}

find_python() {
    local candidate
    for candidate in python3.11 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    missing "Python 3.11 is missing (found: $(python3 --version 2>/dev/null || echo none)); Debian 12: apt install python3.11 python3.11-venv"
}

# Commands in a virtual environment name their interpreter by its whole path: one that was copied or moved serves the old place.
# A link to one that lies elsewhere is as good as that one, and is never cleared from here.
is_made_here() { [[ "$(grep '^command = ' .venv/pyvenv.cfg 2>/dev/null)" == *" $(cd .venv 2>/dev/null && pwd -P)" ]]; }

# A lock is in place when its hash is in its stamp; the test lock holds all of the other one, in the same versions.
stamp_of() { echo ".venv/installed-$1"; }
hash_of() { sha256sum <"$1"; }
is_installed() { is_made_here && [ "$(cat "$(stamp_of "$1")" 2>/dev/null)" = "$(hash_of "$1")" ] && .venv/bin/python -c ''; }

# What an interrupted set-up leaves can't be trusted package by package: it starts over.
make_venv() {
    local python
    [ ! -e .venv/interrupted ] && is_made_here && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
    [ ! -L .venv ] || missing ".venv is a link to $(readlink .venv), which can't be used: set up there, or remove the link"
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        missing "$python can't make virtual environments; Debian and Ubuntu: apt install python3.11-venv"
    [ "$(df -Pk . | awk 'NR == 2 {print $4}')" -gt 1500000 ] || missing "less than 1.5 GB are free on the disk of $PWD"
    "$python" -m venv --clear .venv >/dev/null || missing "$python -m venv .venv failed (is $PWD writable, is the disk full?)"
}

pip_install() {
    mkdir -p .venv/tmp
    TMPDIR="$PWD/.venv/tmp" .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
        --progress-bar off --no-deps --require-hashes "$@" >.venv/install.log 2>&1 || explain_pip
}

explain_pip() {
    local log=.venv/install.log package
    package=$(grep -oE 'No matching distribution found for [^ ]+' "$log" | head -n 1 || true)
    if grep -qiE 'no space left|disk quota' "$log"; then
        missing "the disk is full"
    elif grep -qi 'DO NOT MATCH THE HASHES' "$log"; then
        missing "a downloaded package is not the one that the lock file names, so it was not installed (.venv/install.log)"
    elif grep -qiE 'NewConnectionError|name resolution|network is unreachable|connection (refused|broken|reset|aborted)|timed out|ProxyError|SSLError|ConnectTimeout|HTTPError|Max retries' "$log"; then
        missing "no package index can be reached: is there a network, or a mirror in PIP_INDEX_URL? (.venv/install.log)"
    elif [ -n "$package" ]; then
        missing "${package}: the index lacks it, has it for other machines only, or can't be reached (.venv/install.log)"
    fi
    missing "pip could not install the lock file: $(tail -n 1 "$log") (.venv/install.log)"
}

install_lock() {
    local lock=$1
    [ ! -L .venv ] || missing ".venv is a link to $(readlink .venv), which doesn't hold $lock: set up there, or remove the link"
    echo "${0##*/}: setting up .venv from $lock, once; this takes a minute or two" >&2
    make_venv
    touch .venv/interrupted
    rm -f .venv/installed-*
    # Two packages come as sources. They are built with the setuptools of the lock, not with whatever is newest today.
    awk '/^setuptools==/ {on = 1} on {print} on && !/\\$/ {exit}' "$lock" >.venv/setuptools.lock
    pip_install -r .venv/setuptools.lock
    pip_install --no-build-isolation -r "$lock"
    rm -rf .venv/tmp .venv/setuptools.lock .venv/install.log
    hash_of "$lock" >"$(stamp_of "$lock")"
    [ "$lock" = requirements.lock ] || hash_of requirements.lock >"$(stamp_of requirements.lock)"
    rm .venv/interrupted
}

set_up() {
    is_installed "$1" && return
    local wait_here
    # One at a time: the checkout's own folder is the lock, so that nothing is left lying about.
    exec {wait_here}<.
    flock "$wait_here"
    is_installed "$1" || install_lock "$1"
    exec {wait_here}<&-
}
