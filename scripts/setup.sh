# Sourced by the scripts beside it. `set_up LOCK` finds or makes an environment that holds what LOCK names, and sets `venv` to its folder.
#
# Environments lie in .venvs, and .venv is a link to the one in use. A new one is made beside the others, and the link is replaced in one
# step once the new one is whole: whatever goes wrong before, the old one stays as it was. Scripts start Python by the environment's own
# folder, never through the link, so a running service keeps the files that it started with. An environment is deleted when no
# process uses it. Nothing outside the checkout is written but pip's cache. Every failure is one line on stderr.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=$(pwd -P)

# What else a shell may have set for Python and pip has no place in here; mirrors, proxies and certificates hold.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_QUIET PIP_VERBOSE
export PIP_USER=0

say() { echo "${0##*/}: $*" >&2; }

missing() {
    say "$*"
    exit 1
}

# A step that fails says why in `reason`, and its caller decides what that means.
reason=
because() {
    reason=$*
    return 1
}

# --- Usage. It is the comment at the top of a script; arguments are looked at before anything is set up.

usage() { awk 'NR == 1 {next} !/^#/ {exit} {sub(/^# ?/, ""); print}' "$here/scripts/${0##*/}"; }

answer_help() {
    local argument
    for argument in "$@"; do
        case $argument in
            -h | --help) usage && exit ;;
            --) return ;;
        esac
    done
}

# An option is known when the usage text names it.
answer_help_and_refuse_unknown_options() {
    answer_help "$@"
    local argument
    for argument in "$@"; do
        case $argument in
            --) return ;;
            -*) usage | grep -qE -e "(^|[^-[:alnum:]])${argument%%=*}([^-[:alnum:]]|$)" ||
                missing "unknown option $argument; $(usage | head -n 1)" ;;
        esac
    done
}

# --- What is there

# A lock is in place when its hash is in its stamp, which is written last; without any stamp an environment is not whole.
hash_of() { sha256sum <"$1"; }

# Commands in an environment name their interpreter by its whole path: one that was copied or moved serves the old place.
is_made_here() { [[ "$(grep '^command = ' "$1/pyvenv.cfg" 2>/dev/null)" == *" $1" ]] && "$1/bin/python" -c '' 2>/dev/null; }
is_whole() { [ ! -e "$1/interrupted" ] && compgen -G "$1/installed-*" >/dev/null && is_made_here "$1"; }
holds() { [ "$(cat "$1/installed-$2" 2>/dev/null)" = "$(hash_of "$2")" ] && is_whole "$1"; }

# The folder behind .venv; one that lies elsewhere is as good as one of ours, and is never changed from here.
linked() { cd "$here/.venv" 2>/dev/null && pwd -P; }
is_elsewhere() { [ -L .venv ] && [[ "$(readlink -f .venv)" != "$here/.venvs/"* ]]; }

# Who uses an environment through a script holds a lock on its folder, to the end of the last process. It is asked for in one look with
# the stamp, since a set-up elsewhere may just be deleting what it found unused.
use() {
    exec {in_use}<"$1" && flock --shared "$in_use" && [ -e "$1/bin/python" ] && venv=$1
}

# Who started Python in it by hand is seen by the command, or by the libraries that it has loaded.
is_used() {
    local probe process
    exec {probe}<"$1"
    if ! flock --nonblock "$probe"; then
        exec {probe}<&-
        return 0
    fi
    exec {probe}<&-
    grep -qsF --file=- /proc/[0-9]*/maps /proc/[0-9]*/cmdline <<<"$1/" && return
    for process in $(grep -lsF --file=- /proc/[0-9]*/cmdline <<<".venv/bin/"); do
        [ "$1" = "$(readlink -f "$(readlink "${process%cmdline}cwd")/.venv")" ] && return
    done
    return 1
}

# --- Making one

find_python() {
    local candidate without_venv=
    for candidate in python3.14 python3.13 python3.12 python3.11 python3 python; do
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null || continue
        if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
            python=$candidate
            return
        fi
        without_venv=${without_venv:-$candidate}
    done
    if [ -n "$without_venv" ]; then
        because "$without_venv can't make virtual environments; Debian and Ubuntu: apt install python3-venv"
    else
        because "Python 3.11 to 3.14 is missing (found: $(python3 --version 2>/dev/null || echo none)); Debian and Ubuntu: apt install python3 python3-venv"
    fi
}

explain_pip() {
    local log=$1 package
    package=$(grep -oE 'No matching distribution found for [^ ]+' "$log" | head -n 1 || true)
    if grep -qiE 'no space left|disk quota' "$log"; then
        because "the disk is full"
    elif grep -qi 'DO NOT MATCH THE HASHES' "$log"; then
        because "a downloaded package is not the one that the lock file names, so it was not installed ($log)"
    elif grep -qiE 'NewConnectionError|name resolution|network is unreachable|connection (refused|broken|reset|aborted)|timed out|ProxyError|SSLError|ConnectTimeout|HTTPError|Max retries' "$log"; then
        because "no package index can be reached: is there a network, or a mirror in PIP_INDEX_URL? ($log)"
    elif [ -n "$package" ]; then
        because "${package}: the index lacks it, has it for other machines only, or can't be reached ($log)"
    else
        because "pip could not install the lock file: $(tail -n 1 "$log") ($log)"
    fi
}

# One line that is written over on a terminal; elsewhere a line where something has changed, and every half minute.
show_progress() {
    local made=$1 log=$2 all=$3 said before='' same=0 installed
    while sleep 5 && kill -0 "$pip" 2>/dev/null; do
        installed=$(compgen -G "$made/lib/python*/site-packages/*.dist-info" | grep -vc '/pip-[^/]*$')
        if grep -q '^Installing collected' "$log"; then
            said="installed $installed of $all packages"
        else
            said="fetched $(grep -c '^Collecting ' "$log") of $all packages"
        fi
        if [ -t 2 ]; then
            printf '\r\033[K%s: %s' "${0##*/}" "$said" >&2
        elif [ "$said" != "$before" ] || [ $((++same % 6)) -eq 0 ]; then
            say "$said"
        fi
        before=$said
    done
}

# pip and what it starts are a process group of their own, so that they can be ended together when we are.
pip_install() {
    local made=$1 log=.venvs/install.log all code=0 progress
    shift
    all=$(grep '^[A-Za-z0-9].*==' "${!#}" | grep -vc "sys_platform == '[^l]")
    set -m
    TMPDIR="$made/tmp" "$made/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off --no-deps \
        --require-hashes "$@" >"$log" 2>&1 </dev/null &
    pip=$!
    show_progress "$made" "$log" "$all" </dev/null &
    progress=$!
    set +m
    groups=("$pip" "$progress")
    wait "$pip" || code=$?
    kill -- -"$progress" 2>/dev/null || true
    wait "$progress" 2>/dev/null || true
    groups=()
    [ ! -t 2 ] || printf '\r\033[K' >&2
    [ "$code" -eq 0 ] || explain_pip "$log"
}

making=
groups=()
stop_making() {
    local group
    for group in "${groups[@]}"; do kill -- -"$group" 2>/dev/null || true; done
    for group in "${groups[@]}"; do wait "$group" 2>/dev/null || true; done
    groups=()
    [ -z "$making" ] || rm -rf "$making"
    making=
}

# Gives `made`, the folder of an environment that holds the lock.
make_environment() {
    local lock=$1 python
    find_python || return
    [ "$(df -Pk . | awk 'NR == 2 {print $4}')" -gt 1500000 ] || because "less than 1.5 GB are free on the disk of $here" || return
    say "setting up .venv from $lock, once; this takes a minute or two"
    mkdir -p .venvs 2>/dev/null && made=$(mktemp -d "$here/.venvs/env-XXXXXX" 2>/dev/null) || because "$here is not writable" || return
    trap stop_making EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    making=$made
    if fill_environment "$lock"; then
        making=
    else
        stop_making
    fi
    trap - EXIT INT TERM HUP
    [ -d "$made" ]
}

fill_environment() {
    local lock=$1
    # mktemp's own mode would keep a service that runs as another user out
    chmod "$(printf '%o' $((0777 & ~$(umask))))" "$made" &&
        "$python" -m venv "$made" >/dev/null 2>&1 ||
        because "$python -m venv $made failed (is $here writable, is the disk full?)" || return
    mkdir "$made/tmp" "$made/stamps" && stamp "$lock" || because "the disk is full" || return
    # Two packages come as sources. They are built with the setuptools of the lock, not with whatever is newest today.
    awk '/^setuptools==/ {on = 1} on {print} on && !/\\$/ {exit}' "$lock" >"$made/setuptools.lock" || because "the disk is full" || return
    if [ -s "$made/setuptools.lock" ]; then pip_install "$made" -r "$made/setuptools.lock" || return; fi
    pip_install "$made" --no-build-isolation -r "$lock" || return
    share_models || because "$here/.venvs is not writable, or the disk is full" || return
    rm -rf "$made/tmp" "$made/setuptools.lock" .venvs/install.log
    mv "$made"/stamps/* "$made" && rmdir "$made/stamps" || because "the disk is full"
}

# Taken before the first package is, so that a lock that is replaced meanwhile isn't taken for the one that was installed. The test lock holds all of the others, and each of them all of requirements.lock, in the same versions.
stamp() {
    local lock
    for lock in requirements.lock requirements-optional.lock "$1"; do
        [ "$1" = requirements-test.lock ] || [ "$lock" = requirements.lock ] || [ "$lock" = "$1" ] || continue
        [ ! -f "$lock" ] || hash_of "$lock" >"$made/stamps/installed-$lock" || return
    done
}

# What scripts/fetch-models fetched serves every environment.
share_models() {
    if [ ! -d .venvs/models ]; then
        rm -rf .venvs/models.new
        mkdir .venvs/models.new || return
        [ ! -d .venv/models ] || cp -a .venv/models/. .venvs/models.new || return
        mv .venvs/models.new .venvs/models || return
    fi
    ln -s ../models "$made/models"
}

# --- Putting it in place

# A folder named .venv, as earlier versions made it, is left where it is as long as a process uses it: it would break if moved.
put_in_place() {
    [ "$(linked)" != "$1" ] || return 0
    if [ -d .venv ] && [ ! -L .venv ]; then
        if is_used "$here/.venv"; then
            say "a process uses $here/.venv, which stays until that has ended; $1 is used here"
            return
        fi
        mv .venv "$(mktemp -d .venvs/env-XXXXXX)/former"
    fi
    rm -f .venvs/link.new
    ln -s "${1#"$here/"}" .venvs/link.new && mv -T .venvs/link.new .venv
}

delete_unused() {
    local each
    for each in "$here"/.venvs/env-*/; do
        each=${each%/}
        [ ! -d "$each" ] || [ "$each" = "$1" ] || is_used "$each" || rm -rf "$each"
    done
}

find_environment() {
    local each
    each=$(linked) && holds "$each" "$1" && use "$each" && return
    is_elsewhere && return 1
    for each in "$here"/.venvs/env-*/; do
        each=${each%/}
        holds "$each" "$1" && use "$each" && return
    done
    return 1
}

make_and_put_in_place() {
    local made
    is_elsewhere && { because ".venv is a link to $(readlink .venv), which doesn't hold $1: set up there, or remove the link" || return; }
    find_environment "$1" || { make_environment "$1" && use "$made"; } || return
    put_in_place "$venv" || say ".venv could not be made a link to $venv"
    delete_unused "$venv"
}

# An environment with every package of the lock, if not in its versions.
find_older() {
    local each
    for each in "$(linked)" "$here"/.venvs/env-*/; do
        each=${each%/}
        [ -n "$each" ] && is_whole "$each" && "$each/bin/python" - "$1" <<'PYTHON' 2>/dev/null && use "$each" && return
import re, sys
from importlib.metadata import distribution
from pip._vendor.packaging.requirements import Requirement
for line in open(sys.argv[1], encoding="utf-8"):
    if re.match(r"[A-Za-z0-9]", line):
        wanted = Requirement(line.strip().rstrip("\\").strip())
        if wanted.marker is None or wanted.marker.evaluate():
            distribution(wanted.name)
PYTHON
    done
    return 1
}

one_at_a_time() {
    # The checkout's own folder is the lock, so that nothing is left lying about.
    exec {turn}<.
    flock --nonblock "$turn" || { say "waiting for another set-up to end" && flock "$turn"; }
}

# For what must have the lock exactly: tests, benchmarks.
set_up() {
    local each
    each=$(linked) && holds "$each" "$1" && use "$each" && return
    one_at_a_time
    make_and_put_in_place "$1" || missing "$reason"
    exec {turn}<&-
}

# For what is better run on the packages of before than not at all: a service must start again on a machine without a network.
set_up_or_use_older() {
    local each
    each=$(linked) && holds "$each" "$1" && use "$each" && return
    one_at_a_time
    make_and_put_in_place "$1" || {
        find_older "$1" || missing "$reason"
        say "$1 is not installed: $reason; going on with the older packages in $venv"
    }
    exec {turn}<&-
}
