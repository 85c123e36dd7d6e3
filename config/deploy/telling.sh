# shellcheck shell=bash disable=SC2034,SC2154,SC2329
# Part of deploy.sh: steps, programs that are called, and what is said of them.

now() {
    date -u +%Y-%m-%dT%H:%M:%SZ
}

tell() {
    printf '%s\n' "$*"
    printf '%s %s\n' "$(now)" "$(printf '%s' "$*" | tr '\n' ' ')" >>"$root/deploy.log" 2>/dev/null
}

untouched() {
    fail "$TOUCHED_NOTHING" "$@"
}

for_a_person() {
    fail "$NEEDS_A_PERSON" "$@"
}

fail() {
    local code=$1
    shift
    tell "$*" >&2
    exit "$code"
}

step() {
    [ -z "$hook" ] || "$hook" "$1" "$release" 9>&- || true
}

# run COMMAND: sets said to all it says, shortened to what a line of a log can hold.
run() {
    local code
    said=$("$@" 2>&1)
    code=$?
    said=$(printf '%s' "$said" | tail -c 2000 | tr -d '\r')
    return "$code"
}

# with_environment RELEASE WORD...: the release's livewall, with the service's environment and none of ours.
with_environment() (
    program=$root/releases/$1/venv/bin/livewall
    shift
    [ ! -e "$env_file" ] || load "$env_file" '*'
    exec "$program" "$@"
)
