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
    works "$release" || go_back "$reason"
    settled
    tell "verify: $(title "$release") works: $reason"
}

settled() {
    touch "$root/releases/$release/VERIFIED"
    rm -f "$root/unverified"
}

# Back to what was current before the switch. Ends the script.
go_back() {
    local why=$1 failed=$release previous
    step rollback
    previous=$(unverified_previous)
    withdraw "$failed" "$why"
    tell "verify: $(title "$failed") does not work: $why"
    if ! is_complete "$previous"; then
        for_a_person "rollback: there is no release before $(title "$failed"): the service needs a person"
    fi
    link "$previous" || for_a_person "rollback: $root cannot be written: the service needs a person"
    release=$previous
    # It gets the time it needs: there is nothing else to go back to.
    [ "$within" -ge 60 ] || within=60
    works "$previous" \
        || for_a_person "rollback: $(title "$previous") is current again, but does not work: $reason"
    settled
    fail "$ROLLED_BACK" "rollback: $(title "$previous") is back in service, for $(title "$failed") failed: $why"
}

# What a killed deployment left between its switch and its proof: prove it, or go back.
settle() {
    [ -e "$root/unverified" ] || return 0
    local by=${1:-settle} patience=5
    release=$(unverified_release)
    if [ "$release" != "$(current)" ]; then # killed before the link was replaced, or after it was put back
        if [ "$(unverified_previous)" = "$(current)" ] && [ -e "$root/releases/$release/FAILED" ]; then
            release=$(current)
            works "$release" || for_a_person "$by: $(title "$release") does not work: $reason"
            settled
            tell "$by: $(title "$release") is back in service after an interrupted rollback"
            return 0
        fi
        rm -f "$root/unverified"
        return 0
    fi
    if [ "$by" = verify ]; then
        patience=$within
    else
        tell "$by: an earlier deployment was interrupted before $(title "$release") was verified"
    fi
    if [ -e "$root/releases/$release/FAILED" ]; then
        go_back "$(cat "$root/releases/$release/FAILED")"
    fi
    probe "$release" "$patience" || works "$release" || go_back "$reason"
    settled
    tell "$by: $(title "$release") works: $reason"
}

# So that nobody deploys it again without meaning it.
withdraw() {
    printf '%s\n' "$2" | head -c 1000 >"$root/releases/$1/FAILED"
    rm -f "$root/releases/$1/VERIFIED"
}
