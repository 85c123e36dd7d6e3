#!/usr/bin/env bash
# Brings a commit into service, or leaves the old one running. docs/releases.md tells how, and what to do at 3 a.m.
#
# Releases lie side by side, each with an environment of its own. A release counts once its RELEASE.json is there, which
# is written last; `current` is a link that is replaced in one step; `unverified` is there from before that step until
# the release has proved itself, and whoever comes next settles what a killed one left. Every step may be killed.
set -uo pipefail
umask 022
export LC_ALL=C.UTF-8
# shellcheck disable=SC2329  # by name, through run and trap

usage() {
    cat <<'USAGE'
Usage: deploy.sh [COMMAND] [OPTION...]

  deploy               bring a commit into service: all of the steps below (the default)
  rollback [RELEASE]   go back to the last good release before this one, or to the one named
  list                 the releases, the newest first
  status               what is current, what runs, what was left unfinished

  Steps of a deployment, each by itself, for a pipeline that shows them one by one:
  prepare              fetch the commit and build its release
  check                try the release with the service's configuration
  rehearse             try its migrations on a copy of the database
  switch               make it current and restart the service
  verify               prove that it works, or go back to the release before it

  --repo URL           where commits come from        [LIVEWALL_DEPLOY_REPO; else as the last time]
  --ref REF            branch, tag or commit          [LIVEWALL_DEPLOY_REF; else main]
  --branch NAME        the branch to show for a --ref that is a commit
  --root DIR           where releases are             [LIVEWALL_DEPLOY_ROOT; else /opt/livewall]
  --env-file FILE      the service's environment      [LIVEWALL_DEPLOY_ENV_FILE; else /etc/livewall/livewall.env]
  --restart COMMAND    restarts the service           [LIVEWALL_DEPLOY_RESTART; else systemctl restart livewall.service]
  --within SECONDS     time a release has to prove that it works             [LIVEWALL_DEPLOY_WITHIN; else 60]
  --wait SECONDS       time to wait for another deployment to end            [LIVEWALL_DEPLOY_WAIT; else 600]
  --keep NUMBER        releases to keep; the current and the last good one stay anyway [LIVEWALL_DEPLOY_KEEP; else 5]
  --least-space MB     space that must be free                               [LIVEWALL_DEPLOY_LEAST_SPACE; else 1000]
  --python PROGRAM     interpreter for new releases                          [LIVEWALL_DEPLOY_PYTHON; else python3]
  --extra NAME         what of livewall to install: embedded or dashboard    [LIVEWALL_DEPLOY_EXTRA; else embedded]
  --pip-options WORDS  more words for pip install                            [LIVEWALL_DEPLOY_PIP_OPTIONS]
  --packages DIR       packages that all releases share, on a server without an index [LIVEWALL_DEPLOY_PACKAGES]
  --hook COMMAND       is called with each step's name and the release       [LIVEWALL_DEPLOY_HOOK]
  --force              build and deploy a commit that is current or failed before
  --allow-breaking     accept a migration that leaves no way back

Settings may also stand in DIR/deploy.conf, as NAME=value with the names in brackets.

Exit codes: 0 done, or nothing to do; 1 it failed and the service was not touched; 2 wrong usage;
3 it failed and the release before is back in service; 4 the service needs a person; 5 another deployment goes on.
USAGE
}

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

# ---------------------------------------------------------------------------------------------------- the commands

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
    switch_to "$release" "$(current)"
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
    switch_to "$release" "$(current)"
    restart || go_back "its restart failed"
}

verify() {
    if [ -e "$root/unverified" ]; then
        settle "verify"
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
    settled
    tell "rollback: $(title "$to") is back in service, in place of $(title "$from")"
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

# ---------------------------------------------------------------------------------------------------- a release

# The mirror of the repository, brought up to date; sets commit, subject and branch.
fetch() {
    local mirror=$root/repo.git
    step fetch
    git init -q --bare "$mirror" || untouched "fetch: $mirror cannot be made"
    [ -n "$repo" ] || repo=$(git --git-dir="$mirror" config livewall.repo)
    [ -n "$repo" ] || fail "$USAGE" "fetch: from where? Give --repo once, or LIVEWALL_DEPLOY_REPO in $root/deploy.conf"
    # We are alone here: a lock that lies around is a killed one's.
    find "$mirror" -name '*.lock' -delete
    run timeout --foreground 300 git --git-dir="$mirror" fetch -q --prune --force "$repo" \
        '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' \
        || untouched "fetch: $repo cannot be reached: $said"
    git --git-dir="$mirror" config livewall.repo "$repo"
    resolve
}

resolve() {
    local mirror=$root/repo.git
    ref=${ref#origin/}
    commit=$(git --git-dir="$mirror" rev-parse -q --verify "refs/heads/$ref^{commit}" \
        || git --git-dir="$mirror" rev-parse -q --verify "refs/tags/$ref^{commit}" \
        || git --git-dir="$mirror" rev-parse -q --verify "$ref^{commit}") \
        || untouched "fetch: ${repo:-the repository} has no branch, tag or commit $ref"
    subject=$(git --git-dir="$mirror" log -1 --format=%s "$commit" | tr -d '[:cntrl:]')
    if [ -z "$branch" ] && git --git-dir="$mirror" show-ref -q --verify "refs/heads/$ref"; then
        branch=$ref
    elif [ -z "$branch" ]; then
        branch=$(git --git-dir="$mirror" for-each-ref --count=1 --contains "$commit" --format='%(refname:short)' refs/heads)
    fi
    branch=${branch#origin/}
}

# Sets release to the newest complete one of the commit, "" where there is none.
find_release() {
    local name
    release=''
    for name in $(names_newest_first); do
        if [ "${name#*-}" = "${commit:0:10}" ]; then
            release=$name
            return
        fi
    done
}

find_prepared() {
    resolve
    find_release
    [ -n "$release" ] || untouched "$command: ${commit:0:10} is not prepared: $0 prepare --ref $ref"
    refuse_failed
}

refuse_failed() {
    local marked=$root/releases/$release/FAILED
    if [ -e "$marked" ] && [ -z "$force" ]; then
        untouched "$command: $(title "$release") failed before: $(cat "$marked"). Try again with --force"
    fi
}

# The release there is, or a new one.
provide_release() {
    if [ -n "$release" ] && [ -z "$force" ]; then
        refuse_failed
        tell "build: $(title "$release") is already built"
        return
    fi
    tell "fetch: $ref is ${commit:0:10} \"$subject\""
    build
}

build() {
    local began=$SECONDS directory source
    check_space
    while release=$(date -u +%Y%m%dT%H%M%SZ)-${commit:0:10} && [ -e "$root/releases/$release" ]; do
        sleep 0.2
    done
    directory=$root/releases/$release source=$root/releases/$release/source
    half_built=$directory
    step build
    mkdir -p "$source" || untouched "build: $directory cannot be made"
    run unpack "$source" || untouched "build: the commit cannot be unpacked: $said"
    step environment
    run make_environment "$directory/venv" || untouched "build: no environment: $said"
    step install
    # shellcheck disable=SC2086  # words for pip
    run timeout --foreground 1800 "$directory/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        $pip_options "${source}[$extra]" || untouched "build: pip failed: $said"
    "$directory/venv/bin/python" -m pip --disable-pip-version-check freeze >"$directory/packages.txt" 2>/dev/null
    if [ -d "$source/config" ]; then
        mv "$source/config" "$directory/config" || untouched "build: $directory cannot be written"
    fi
    rm -rf "$source"
    step stamp
    run stamp "$directory" || untouched "build: RELEASE.json cannot be written: $said"
    half_built=''
    tell "build: $(title "$release") is built in $((SECONDS - began)) s"
}

unpack() {
    git --git-dir="$root/repo.git" archive --format=tar "$commit" | tar -x -C "$1"
}

make_environment() {
    "$python" -m venv --without-pip "$1" || return
    if [ -n "$packages" ]; then
        printf '%s\n' "$packages" >"$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/shared.pth"
    fi
    "$1/bin/python" -c 'import pip' 2>/dev/null || "$1/bin/python" -m ensurepip --default-pip >/dev/null
}

# RELEASE.json makes a release of a folder: it is written last, whole or not at all, and after all else is on the disk.
stamp() {
    "$1/venv/bin/python" - "$1/RELEASE.json.new" "$commit" "$subject" "$branch" "$release" <<'PYTHON' || return
import datetime, importlib.metadata, json, sys
path, commit, subject, branch, name = sys.argv[1:]
now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
version = importlib.metadata.version("livewall")
release = {"commit": commit, "subject": subject, "branch": branch, "deployed_at": now, "version": version, "name": name}
with open(path, "w", encoding="utf-8", errors="replace") as file:
    json.dump(release, file, indent=2, ensure_ascii=False)
    file.write("\n")
PYTHON
    sync -f "$1" && mv "$1/RELEASE.json.new" "$1/RELEASE.json"
}

check_space() {
    local free
    free=$(df -Pk "$root" | awk 'NR == 2 { print int($4 / 1024) }')
    if [ "${free:-0}" -lt "$least_space" ]; then
        untouched "build: the disk of $root has $free MB free; $least_space MB are needed (--least-space)"
    fi
}

# ---------------------------------------------------------------------------------------------------- before the switch

check_configuration() {
    step check
    # A Jenkins that is away is no reason to keep a mended wall back.
    run with_environment "$release" check --offline \
        || untouched "check: $(title "$release") does not take the configuration: $said"
    tell "check: $(title "$release") takes the configuration"
}

rehearse_migrations() {
    step rehearse
    run with_environment "$release" migrate --on-copy ${allow_breaking:+--allow-breaking} \
        || untouched "rehearse: $said"
    tell "rehearse: $said"
}

# ---------------------------------------------------------------------------------------------------- the switch

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

# ---------------------------------------------------------------------------------------------------- releases on disk

current() {
    local target
    target=$(readlink "$root/current") && printf '%s\n' "${target##*/}"
}

unverified_release() {
    cut -d ' ' -f 1 "$root/unverified" 2>/dev/null
}

unverified_previous() {
    cut -d ' ' -f 2 "$root/unverified" 2>/dev/null
}

is_complete() {
    [ -n "$1" ] && [ -e "$root/releases/$1/RELEASE.json" ]
}

names_newest_first() {
    local path
    for path in "$root"/releases/*/RELEASE.json; do
        [ -e "$path" ] && basename "$(dirname "$path")"
    done | sort -r
}

last_good_before() {
    local name
    for name in $(names_newest_first); do
        if [[ $name < $1 ]] && [ -e "$root/releases/$name/VERIFIED" ]; then
            printf '%s\n' "$name"
            return
        fi
    done
}

# A release for people: commit and subject.
title() {
    local subject
    subject=$(sed -n 's/^  "subject": "\(.*\)",$/\1/p' "$root/releases/$1/RELEASE.json" 2>/dev/null | sed 's/\\\(.\)/\1/g')
    printf '%s%s' "${1#*-}" "${subject:+ \"$subject\"}"
}

prune() {
    local name count=0 current good
    step prune
    current=$(current)
    good=$(last_good_before "$current")
    for name in $(names_newest_first); do
        count=$((count + 1))
        if [ "$count" -gt "$keep" ] && [ "$name" != "$current" ] && [ "$name" != "$good" ]; then
            remove "$name"
        fi
    done
}

# First it is no release any more, then it goes.
remove() {
    rm -f "$root/releases/$1/RELEASE.json" && rm -rf "${root:?}/releases/$1" && tell "prune: $1 is removed"
}

# What killed ones left half built or half removed. We are alone: nobody is at work on it.
remove_leftovers() {
    local directory
    for directory in "$root"/releases/*/; do
        if [ -d "$directory" ] && [ ! -e "$directory/RELEASE.json" ]; then
            rm -rf "$directory" && tell "clean: $(basename "$directory"), which was left unfinished, is removed"
        fi
    done
    rm -f "$root/current.new" "$root/unverified.new"
}

# ---------------------------------------------------------------------------------------------------- one at a time

# The lock lives in descriptor 9, which pip and git inherit: where only this script is killed, the next one waits until
# they, too, have let go of the half-built release.
alone() {
    if ! { mkdir -p "$root/releases" && exec 9>>"$root/deploy.lock"; } 2>/dev/null; then
        printf '%s cannot be written by %s; run this as root or as %s\n' \
            "$root" "$(id -un)" "$(stat -c %U "$root" 2>/dev/null || echo 'who owns it')" >&2
        exit "$TOUCHED_NOTHING"
    fi
    if ! flock -n 9; then
        printf 'waiting for %s\n' "$(cat "$root/deploy.lock")"
        flock -w "$wait" 9 || fail "$BUSY" "$command: another deployment goes on: $(cat "$root/deploy.lock")"
    fi
    printf '%s by %s, process %s, since %s\n' "$command" "$(id -un)" $$ "$(now)" >"$root/deploy.lock"
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    remove_leftovers
}

holder_lives() {
    [ -e "$root/deploy.lock" ] && ! flock -n "$root/deploy.lock" true
}

clean_up() {
    [ -z "$half_built" ] || rm -rf "$half_built"
}

# By hand one is root; the releases belong to the service's user, and stay so.
become_the_owner() {
    local owner
    owner=$(stat -c %U "$root" 2>/dev/null) || return 0
    if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
        exec runuser -u "$owner" -- "$0" "$@"
    fi
}

# ---------------------------------------------------------------------------------------------------- telling

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

# ---------------------------------------------------------------------------------------------------- settings

# with_environment RELEASE WORD...: the release's livewall, with the service's environment and none of ours.
with_environment() (
    program=$root/releases/$1/venv/bin/livewall
    shift
    [ ! -e "$env_file" ] || load "$env_file" '*'
    exec "$program" "$@"
)

# load FILE NAMES: NAME=value lines as systemd reads them: quotes around a value, no expansion. NAMES '*': all.
load() {
    local line name value
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line#"${line%%[![:space:]]*}"}
        line=${line%"${line##*[![:space:]]}"}
        name=${line%%=*} value=${line#*=}
        if [[ $line != [\#\;]* && $line == *=* && $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
            if [[ ${#value} -ge 2 && ( $value == \"*\" || $value == \'*\' ) ]]; then
                value=${value:1:${#value}-2}
            fi
            if [ "$2" = '*' ] || [ -z "${!name+set}" ]; then
                export "$name=$value"
            fi
        fi
    done <"$1"
}

read_arguments() {
    local word name
    command='' argument='' branch='' force='' allow_breaking=''
    commit='' subject='' release='' half_built='' said='' reason=''
    while [ $# -gt 0 ]; do
        word=$1
        shift
        case $word in
            -h | --help)
                usage
                exit 0
                ;;
            --force) force=1 ;;
            --allow-breaking) allow_breaking=1 ;;
            --*)
                name=${word%%=*}
                if [ "$name" = "$word" ]; then
                    [ $# -gt 0 ] || wrong "$word wants a value"
                    word=$word=$1
                    shift
                fi
                set_option "$name" "${word#*=}"
                ;;
            *)
                if [ -z "$command" ] && [[ $COMMANDS == *" $word "* ]]; then
                    command=$word
                elif [ "$command" = rollback ] && [ -z "$argument" ]; then
                    argument=${word%/} argument=${argument##*/}
                else
                    wrong "there is no command $word"
                fi
                ;;
        esac
    done
    command=${command:-deploy}
    take_settings
}

set_option() {
    local setting=${1#--}
    setting=${setting^^} setting=${setting//-/_}
    if [ "$setting" = BRANCH ]; then
        branch=$2
    elif [[ " $SETTINGS " == *" $setting "* ]]; then
        export "LIVEWALL_DEPLOY_$setting=$2"
    else
        wrong "there is no option $1"
    fi
}

take_settings() {
    local owner=''
    root=${LIVEWALL_DEPLOY_ROOT:-/opt/livewall}
    root=${root%/}
    [ ! -r "$root/deploy.conf" ] || load "$root/deploy.conf" ''
    [ "$(id -u)" = 0 ] || owner='sudo -n '
    repo=${LIVEWALL_DEPLOY_REPO:-}
    ref=${LIVEWALL_DEPLOY_REF:-main}
    env_file=${LIVEWALL_DEPLOY_ENV_FILE:-/etc/livewall/livewall.env}
    # A release that ended again and again has used up the starts that systemd allows; the next one gets its own.
    restart_command=${LIVEWALL_DEPLOY_RESTART:-"${owner}systemctl reset-failed livewall.service 2>/dev/null;
        ${owner}systemctl restart livewall.service"}
    if [ -e "$env_file" ] && [ ! -r "$env_file" ]; then
        wrong "$env_file cannot be read by $(id -un)"
    elif [ -n "${LIVEWALL_DEPLOY_ENV_FILE:-}" ] && [ ! -e "$env_file" ]; then
        wrong "there is no $env_file"
    fi
    within=${LIVEWALL_DEPLOY_WITHIN:-60}
    wait=${LIVEWALL_DEPLOY_WAIT:-600}
    keep=${LIVEWALL_DEPLOY_KEEP:-5}
    least_space=${LIVEWALL_DEPLOY_LEAST_SPACE:-1000}
    python=${LIVEWALL_DEPLOY_PYTHON:-python3}
    extra=${LIVEWALL_DEPLOY_EXTRA:-embedded}
    pip_options=${LIVEWALL_DEPLOY_PIP_OPTIONS:-}
    packages=${LIVEWALL_DEPLOY_PACKAGES:-}
    hook=${LIVEWALL_DEPLOY_HOOK:-}
    for number in within wait keep least_space; do
        [[ ${!number} =~ ^[0-9]+$ ]] || wrong "$number must be a whole number, not ${!number}"
    done
    export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -o BatchMode=yes}"
}

wrong() {
    printf 'deploy.sh: %s; see: deploy.sh --help\n' "$1" >&2
    exit $USAGE
}

main "$@"
exit
