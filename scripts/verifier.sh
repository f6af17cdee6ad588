# Sourced by verify-ledger and verify-proof-bundle. `run_verifier MODULE ...` runs a module that checks proofs from files.
# Any Python with `cryptography` will do; nothing is set up where there is one, and no service or database is needed.
run_verifier() {
    local here module=$1 python from
    shift
    here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
    for python in "$here/.venv/bin/python" python3; do
        if "$python" -c 'import sys, cryptography; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            # from the caller's folder, so that file names are theirs; only our own code is looked for in ours
            PYTHONSAFEPATH=1 PYTHONPATH="$here" exec "$python" -m "$module" "$@"
        fi
    done
    from="$PWD"
    . "$here/scripts/setup.sh"
    answer_help_and_refuse_unknown_options "$@"
    set_up_or_use_older requirements.lock
    cd "$from"
    PYTHONSAFEPATH=1 PYTHONPATH="$here" exec "$venv/bin/python" -m "$module" "$@"
}
