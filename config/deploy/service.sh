# shellcheck shell=bash disable=SC2034,SC2154,SC2329
# Part of deploy.sh: the switch, the restart, the proof, and the way back.

# switch_to NEW PREVIOUS: from here until it is settled, whoever finds `unverified` must prove NEW or go back.
switch_to() {
    step switch
    if ! { printf '%s %s\n' "$1" "$2" >"$root/unverified.new" && mv "$root/unverified.new" "$root/unverified"; }; then
        untouched "switch: $root cannot be written"
    fi
    link "$1" || untouched "switch: $root cannot be written"
    tell "switch: $(title "$1") is current${2:+, after $(title "$2")}"
}

link() {
    ln -sfn "releases/$1" "$root/current.new" && mv -T "$root/current.new" "$root/current"
}

restart() {
    step restart
    # The service must not inherit the lock.
    run sh -c "$restart_command" 9>&- && return
    reason="the restart failed: $said"
    return 1
}

works() {
    restart && probe "$1" "$within"
}

# probe RELEASE SECONDS: whether this release answers and an event reaches a screen; sets reason.
probe() {
    step verify
    local code
    # One that is left behind by a killed script holds nobody up: it changes nothing.
    run with_environment "$1" probe --release "$root/releases/$1/RELEASE.json" --within "$2" 9>&-
    code=$?
    reason=$said
    return "$code"
}

prove_or_go_back() {
    if works "$release"; then
        settled "verify: $(title "$release") works: $reason"
    else
        go_back "$reason"
        exit "$outcome"
    fi
}

# settled WORD...: the release has proved itself, which is told so.
settled() {
    touch "$root/releases/$release/VERIFIED"
    rm -f "$root/unverified"
    tell "$@"
}

# From the release that is current, and does not work, to the one before it. Sets outcome.
go_back() {
    local why=$1 failed=$release previous
    step rollback
    previous=$(unverified_previous)
    withdraw "$failed" "$why"
    tell "verify: $(title "$failed") does not work: $why"
    if ! is_complete "$previous"; then
        rm -f "$root/unverified"
        outcome=$NEEDS_A_PERSON
        tell "rollback: there is no good release before $(title "$failed"): the service needs a person"
        return
    fi
    link "$previous" || for_a_person "rollback: $root cannot be written: the service needs a person"
    finish_going_back "for $(title "$failed") failed: $why"
}

# The link is back already; the rest of the way. Sets outcome.
finish_going_back() {
    # It gets the time it needs: there is nothing else to go back to.
    local within=$((within < 60 ? 60 : within))
    release=$(current)
    if works "$release"; then
        outcome=$ROLLED_BACK
        settled "rollback: $(title "$release") is back in service, $1"
    else
        rm -f "$root/unverified"
        outcome=$NEEDS_A_PERSON
        tell "rollback: $(title "$release") is current again, but does not work: $reason"
    fi
}

# What a killed deployment left between its switch and its proof: prove it, or go back. Sets outcome, and goes on in any
# case: whatever came of it, the next release may be the one that mends it.
settle() {
    local by=${1:-settle} patience=5
    outcome=0
    [ -e "$root/unverified" ] || return 0
    release=$(unverified_release)
    if [ "$release" != "$(current)" ]; then
        if [ -e "$root/releases/$release/FAILED" ] && [ "$(unverified_previous)" = "$(current)" ]; then
            finish_going_back "after a rollback that was interrupted"
        else
            rm -f "$root/unverified" # killed before the link was replaced
        fi
        return 0
    fi
    if [ "$by" = verify ]; then
        patience=$within
    else
        tell "$by: an earlier deployment was interrupted before $(title "$release") was verified"
    fi
    if [ -e "$root/releases/$release/FAILED" ]; then # killed while going back
        go_back "$(cat "$root/releases/$release/FAILED")"
    elif probe "$release" "$patience" || works "$release"; then
        settled "$by: $(title "$release") works: $reason"
    else
        go_back "$reason"
    fi
}

# So that nobody deploys it again without meaning it.
withdraw() {
    printf '%s\n' "$2" | head -c 1000 >"$root/releases/$1/FAILED"
    rm -f "$root/releases/$1/VERIFIED"
}
