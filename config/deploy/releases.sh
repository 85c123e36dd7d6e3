# shellcheck shell=bash disable=SC2034,SC2154,SC2329
# Part of deploy.sh: what lies below the root, and who may work on it.

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

# Where to go if the next release fails: what is current, if it ever worked, else the newest that did.
way_back() {
    local current
    current=$(current)
    if [ -e "$root/releases/$current/VERIFIED" ]; then
        printf '%s\n' "$current"
    else
        last_good_before '~'
    fi
}

# A release for people: commit and subject.
title() {
    local subject
    subject=$(sed -n 's/^  "subject": "\(.*\)",$/\1/p' "$root/releases/$1/RELEASE.json" 2>/dev/null | sed 's/\\\(.\)/\1/g')
    printf '%s%s' "${1#*-}" "${subject:+ \"$subject\"}"
}

# The newest good ones stay, to go back to, and two that were never good, to be looked at.
prune() {
    local name current good kept_good=0 kept_others=0
    step prune
    current=$(current)
    good=$(last_good_before "$current")
    for name in $(names_newest_first); do
        if [ "$name" = "$current" ] || [ "$name" = "$good" ]; then
            kept_good=$((kept_good + 1))
        elif [ -e "$root/releases/$name/VERIFIED" ]; then
            kept_good=$((kept_good + 1))
            [ "$kept_good" -le "$keep" ] || remove "$name"
        else
            kept_others=$((kept_others + 1))
            [ "$kept_others" -le 2 ] || remove "$name"
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
    local owner home script
    owner=$(stat -c %U "$root" 2>/dev/null) || return 0
    if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
        home=$(getent passwd "$owner" | cut -d : -f 6)
        script=$(readlink -f "$0")
        # Root's home and folder may be closed to it, and git and pip look into both.
        cd / && exec runuser -u "$owner" -- env HOME="$home" "$script" "$@"
    fi
}
