# shellcheck shell=bash disable=SC2034,SC2154,SC2329
# Part of deploy.sh: from a commit to a release that could be current.

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
    "$1/venv/bin/python" - "$1/RELEASE.json.new" "$1/packages.txt" "$commit" "$subject" "$branch" "$release" <<'PYTHON' || return
import datetime, importlib.metadata, json, sys
path, packages, commit, subject, branch, name = sys.argv[1:]
installed = {f"{one.metadata['Name']}=={one.version}" for one in importlib.metadata.distributions()}
with open(packages, "w", encoding="utf-8") as file:
    file.write("".join(f"{one}\n" for one in sorted(installed, key=str.lower)))
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
