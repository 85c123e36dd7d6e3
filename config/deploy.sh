#!/usr/bin/env bash
# Brings a commit into service, or leaves the old one running. docs/releases.md tells how, and what to do at 3 a.m.
#
# Releases lie side by side, each with an environment of its own. A release counts once its RELEASE.json is there, which
# is written last; `current` is a link that is replaced in one step; `unverified` is there from before that step until
# the release has proved itself, and whoever comes next settles what a killed one left. Every step may be killed.
# shellcheck disable=SC2034,SC2154  # variables are shared with the parts below deploy/
set -uo pipefail
umask 022
export LC_ALL=C.UTF-8

parts=$(dirname "$(readlink -f "$0")")/deploy
for part in settings telling releases build service; do
    # shellcheck source=/dev/null
    . "$parts/$part.sh" || exit
done

readonly TOUCHED_NOTHING=1 USAGE=2 ROLLED_BACK=3 NEEDS_A_PERSON=4 BUSY=5
readonly COMMANDS=' deploy rollback list status prepare check rehearse switch verify '
readonly SETTINGS='REPO REF ROOT ENV_FILE RESTART WITHIN WAIT KEEP LEAST_SPACE PYTHON EXTRA PIP_OPTIONS PACKAGES HOOK'

main() {
    read_arguments "$@"
    become_the_owner "$@"
    case $command in
        list) list_releases ;;
        status) show_status ;;
        deploy) alone && deploy ;;
        rollback) alone && roll_back ;;
        prepare) alone && prepare ;;
        check) alone && find_prepared && check_configuration ;;
        rehearse) alone && find_prepared && rehearse_migrations ;;
        switch) alone && switch_alone ;;
        verify) alone && verify ;;
    esac
}

deploy() {
    settle
    fetch
    find_release
    if [ -n "$release" ] && [ "$release" = "$(current)" ] && [ -z "$force" ]; then
        # Said, and not logged: a timer asks each minute.
        printf 'deploy: %s is already current: nothing to do\n' "$(title "$release")"
        return 0
    fi
    provide_release
    check_configuration
    rehearse_migrations
    switch_to "$release" "$(way_back)"
    prove_or_go_back
    prune
}

prepare() {
    settle
    fetch
    find_release
    if [ -n "$release" ] && [ "$release" = "$(current)" ] && [ -z "$force" ]; then
        tell "prepare: $(title "$release") is already current"
        return 0
    fi
    provide_release
}

switch_alone() {
    settle
    find_prepared
    if [ "$release" = "$(current)" ]; then
        tell "switch: $(title "$release") is already current"
        return 0
    fi
    switch_to "$release" "$(way_back)"
    if ! restart; then
        go_back "$reason"
        exit "$outcome"
    fi
}

verify() {
    if [ -e "$root/unverified" ]; then
        settle verify
        [ "$outcome" = 0 ] || exit "$outcome"
    else
        release=$(current)
        [ -n "$release" ] || for_a_person "verify: nothing is current"
        probe "$release" "$within" || for_a_person "verify: $(title "$release") does not work: $reason"
        tell "verify: $(title "$release") works: $reason"
    fi
    prune
}

roll_back() {
    local from to=$argument
    from=$(current)
    [ -n "$from" ] || for_a_person "rollback: nothing is current"
    [ -n "$to" ] || to=$(last_good_before "$from")
    [ -n "$to" ] || untouched "rollback: there is no good release before $(title "$from")"
    is_complete "$to" || untouched "rollback: there is no release $to; see: $0 list"
    [ "$to" != "$from" ] || untouched "rollback: $(title "$to") is already current"
    withdraw "$from" "rolled back by hand by $(id -un)"
    rm -f "$root/releases/$to/FAILED"
    release=$to
    switch_to "$to" ""
    works "$to" || for_a_person "rollback: $(title "$to") does not work either: $reason"
    settled "rollback: $(title "$to") is back in service, in place of $(title "$from")"
}

list_releases() {
    local name mark current
    current=$(current)
    for name in $(names_newest_first); do
        mark=''
        [ "$name" = "$current" ] && mark="$mark current"
        [ -e "$root/releases/$name/VERIFIED" ] && mark="$mark good"
        [ -e "$root/releases/$name/FAILED" ] && mark="$mark failed: $(cat "$root/releases/$name/FAILED")"
        [ "$name" = "$(unverified_release)" ] && mark="$mark unverified"
        printf '%s  %s  [%s]\n' "$name" "$(title "$name")" "${mark# }"
    done
}

show_status() {
    local code=0
    if holder_lives; then
        printf 'going on     %s\n' "$(cat "$root/deploy.lock")"
    fi
    if [ -e "$root/unverified" ]; then
        printf 'unfinished   %s is not verified yet; the next deployment, or %s verify, settles it\n' \
            "$(title "$(unverified_release)")" "$0"
    fi
    release=$(current)
    if [ -z "$release" ]; then
        printf 'current      nothing\n'
        return 1
    fi
    printf 'current      %s  %s\n' "$release" "$(title "$release")"
    with_environment "$release" probe --only-health --within 5 --release "$root/releases/$release/RELEASE.json" || code=1
    return "$code"
}

# Read as a whole before anything happens: this file may be replaced while it runs.
{
    main "$@"
    exit
}
