#!/bin/sh
# Makes this machine a test node of a livewall: the listener, its settings, a schedule. Safe to run again at any time.
#
#   install.sh [install] --url https://wall.lab.example --token-file FILE   put it on, or change its settings
#   install.sh upgrade       bring this checkout to the revision that the wall runs, and install that
#   install.sh uninstall     take it off; results, spool and settings stay
#
# Without root, or to try it: --prefix DIR puts everything below DIR.
set -eu

usage() {
    cat <<'TEXT'
install.sh [install | upgrade | uninstall] [options]

  --url URL           the wall
  --token-file FILE   file with an ingest token, - for standard input (or LIVEWALL_TOKEN in the environment)
  --setup NAME        the rig under test; else the wall finds it by host name and address
  --labels K=V,K=V    the configuration that runs are made with
  --ca FILE           certificates to trust, for a wall with an authority of its own
  --python PROGRAM    install into this Python, which has Robot Framework, instead of into an environment of its own
  --user NAME         who runs the suites; made if not there (with root: livewall-node)
  --prefix DIR        put everything below DIR, as the user who calls this

What is not given keeps its value.
TEXT
}

quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }

here=$(cd "$(dirname "$0")" && pwd -P)
checkout=$(cd "$here/../.." && pwd -P)
# shellcheck source-path=SCRIPTDIR source=python.sh
. "$here/python.sh"
action=install prefix='' url='' token_file='' setup='' labels='' ca='' python='' user=''
case ${1:-} in install | upgrade | uninstall) action=$1; shift ;; esac
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --url | --token-file | --setup | --labels | --ca | --python | --user | --prefix)
            [ $# -ge 2 ] || fail "$1 needs a value"
            case $1 in
                --url) url=$2 ;; --token-file) token_file=$2 ;; --setup) setup=$2 ;; --labels) labels=$2 ;;
                --ca) ca=$2 ;; --python) python=$2 ;; --user) user=$2 ;; --prefix) prefix=$2 ;;
            esac
            shift 2 ;;
        *) usage >&2; fail "there is no $1" ;;
    esac
done

root=$(id -u)
[ -n "$prefix" ] || [ "$root" = 0 ] || fail 'only root may write to /opt and /etc: use sudo, or --prefix DIR'
if [ -n "$prefix" ]; then
    mkdir -p "$prefix" && prefix=$(cd "$prefix" && pwd -P)
    case $prefix in *[!A-Za-z0-9/._+-]*) fail "$prefix: choose a path of letters, digits and . _ + -" ;; esac
    [ -z "$user" ] || fail '--user is for an installation by root, without --prefix'
fi
home=$prefix/opt/livewall-node etc=$prefix/etc/livewall state=$prefix/var/lib/livewall-node
bin=$prefix/usr/local/bin settings=$etc/node.env
commands='livewall-robot livewall-env livewall-schedule livewall-revision'

# ------------------------------------------------------------------ settings

# setting NAME: what node.env says now.
setting() {
    # In a shell of its own: it may say anything.
    [ ! -e "$settings" ] || sh -c '. "$1" && eval "printf %s \"\${$2:-}\""' - "$settings" "$1"
}

write_settings() {
    url=${url:-$(setting LIVEWALL_URL)}
    [ -n "$url" ] || fail 'which wall? --url https://wall.lab.example'
    token=${LIVEWALL_TOKEN:-}
    case $token_file in
        '') ;;
        -) IFS= read -r token || [ -n "$token" ] || fail 'no token came on standard input' ;;
        *) IFS= read -r token <"$token_file" || [ -n "$token" ] || fail "$token_file holds no token" ;;
    esac
    if [ -n "$ca" ]; then
        [ -r "$ca" ] || fail "$ca cannot be read"
        grep -q 'BEGIN CERTIFICATE' "$ca" || fail "$ca holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
        [ "$ca" -ef "$etc/ca.pem" ] || { cp "$ca" "$etc/ca.pem" && chmod 644 "$etc/ca.pem"; }
        ca=$etc/ca.pem
    fi
    new=$(mktemp "$etc/.node.env.XXXXXX")
    {
        say '# The wall and this node. For livewall-robot; lines are NAME=value as in a shell. Holds a token: mode 600.'
        for pair in "URL=$url" "TOKEN=${token:-$(setting LIVEWALL_TOKEN)}" \
            "SETUP=${setup:-$(setting LIVEWALL_SETUP)}" "LABELS=${labels:-$(setting LIVEWALL_LABELS)}" \
            "CA=${ca:-$(setting LIVEWALL_CA)}" "SPOOL=$state/spool"; do
            [ -z "${pair#*=}" ] || say "LIVEWALL_${pair%%=*}=$(quoted "${pair#*=}")"
        done
        # Whatever else stands there was put there by somebody.
        [ ! -e "$settings" ] || grep -Ev '^(#|LIVEWALL_(URL|TOKEN|SETUP|LABELS|CA|SPOOL)=|$)' "$settings" || true
    } >"$new"
    chmod 600 "$new"
    mv "$new" "$settings"
}

# ------------------------------------------------------------------ programs

make_environment() {
    install_into_python listener "$checkout"
    say "$python" >"$home/python"
}

write_programs() {
    mkdir -p "$home/bin" "$home/lib" "$bin"
    rm -rf "$home/lib/livewall_schedule.new"
    cp -R "$here/livewall_schedule" "$home/lib/livewall_schedule.new"
    rm -rf "$home/lib/livewall_schedule" && mv "$home/lib/livewall_schedule.new" "$home/lib/livewall_schedule"
    as_user=''
    case $user in '' | root) ;; *)
        as_user="[ \$(id -u) != 0 ] || HOME=$state exec runuser -u $user -- $home/bin/livewall-env \"\$@\"" ;;
    esac
    program livewall-env "$(cat <<TEXT
# Runs a command with this node's settings: livewall-env python -m livewall_listener resend
# What the environment says already counts more. Called by root it runs as the node's user, who could not read or write
# what root would leave.
$as_user
given=\$(export -p)
set -a
. $settings
set +a
eval "\$given"
PATH=$(dirname "$python"):\$PATH exec "\$@"
TEXT
)"
    program livewall-robot "$(cat <<TEXT
# robot, reporting to the wall.
exec $home/bin/livewall-env $python -m robot --listener livewall_listener.Listener "\$@"
TEXT
)"
    program livewall-schedule "$(cat <<TEXT
# This node's schedule: livewall-schedule check | run NAME | install
exec $python $home/lib/livewall_schedule --schedule $etc/schedule.ini --state $state \\
    --robot $home/bin/livewall-robot --program $home/bin/livewall-schedule --user "$user" "\$@"
TEXT
)"
    cp "$here/revision.py" "$here/ask.py" "$home/lib"
    program livewall-revision "$(cat <<TEXT
# The commit that the wall runs.
exec $home/bin/livewall-env $python $home/lib/revision.py
TEXT
)"
    [ -e "$etc/schedule.ini" ] || cp "$here/schedule.ini" "$etc/schedule.ini"
    chmod 644 "$etc/schedule.ini"
}

# program NAME TEXT: a shell script, put in place at once.
program() {
    printf '#!/bin/sh\n%s\n' "$2" >"$home/bin/.$1.new"
    chmod 755 "$home/bin/.$1.new"
    mv "$home/bin/.$1.new" "$home/bin/$1"
    ln -sf "$home/bin/$1" "$bin/$1"
}

give_away() {
    mkdir -p "$state/spool" "$state/results"
    [ -n "$user" ] || return 0
    id "$user" >/dev/null 2>&1 || useradd --system --home-dir "$state" --shell /usr/sbin/nologin "$user"
    chown -R "$user": "$state"
    chown "$user": "$settings"
    runuser -u "$user" -- test -r "$settings" \
        || fail "$user cannot read $settings: its folder is closed to others. chmod o+x $etc, then run this again"
}

ask_wall() {
    "$home/bin/livewall-env" "$python" "$home/lib/ask.py" || true
}

# ------------------------------------------------------------------ actions

install() {
    if [ -z "$prefix$user" ]; then
        user=$(stat -c %U "$state" 2>/dev/null || say livewall-node)  # as it was
    fi
    mkdir -p "$home" "$etc"
    write_settings
    make_environment
    write_programs
    give_away
    say "Installed. Settings: $settings, schedule: $etc/schedule.ini, robot with the wall: $bin/livewall-robot"
    ask_wall
}

upgrade() {
    [ -x "$home/bin/livewall-env" ] || fail 'there is nothing to upgrade here: install it first'
    git -C "$checkout" rev-parse --git-dir >/dev/null 2>&1 \
        || fail "$checkout is no git checkout: get the new version there yourself, then run install.sh again"
    wanted=$("$home/bin/livewall-revision") || exit 1
    [ -n "$wanted" ] || fail 'the wall does not say which revision it runs: it was not deployed by deploy.sh'
    if [ "$wanted" = "$(git -C "$checkout" rev-parse HEAD)" ] && [ "$wanted" = "$(cat "$home/revision" 2>/dev/null)" ]; then
        say "This node has the wall's revision already: $wanted"
        return
    fi
    git -C "$checkout" cat-file -e "$wanted^{commit}" 2>/dev/null || git -C "$checkout" fetch --quiet origin
    git -C "$checkout" -c advice.detachedHead=false checkout --quiet --detach "$wanted" \
        || fail "$checkout could not be brought to $wanted, the wall's revision"
    say "Upgrading to the wall's revision, $wanted"
    python_given=$(cat "$home/python")
    [ "$python_given" != "$home/venv/bin/python" ] || python_given=''
    # No run while its modules are being replaced; the new version's own script does the rest.
    flock "$state/node.lock" sh "$here/install.sh" install ${prefix:+--prefix "$prefix"} \
        ${python_given:+--python "$python_given"} ${user:+--user "$user"} || exit 1
    say "$wanted" >"$home/revision"
}

uninstall() {
    if [ -z "$prefix" ] && [ -d /run/systemd/system ]; then
        for timer in /etc/systemd/system/livewall-suites-*.timer; do
            [ ! -e "$timer" ] || systemctl disable --now "$(basename "$timer")" || true
        done
    fi
    rm -f "$prefix"/etc/systemd/system/livewall-suites-* "$prefix/etc/cron.d/livewall-node"
    for name in $commands; do
        [ "$(readlink "$bin/$name" 2>/dev/null)" != "$home/bin/$name" ] || rm -f "$bin/$name"
    done
    rm -rf "$home/venv" "$home/bin" "$home/lib" "$home/python" "$home/revision"
    rmdir "$home" 2>/dev/null || true
    say "Taken off. What stays: settings in $etc, results and what is not delivered in $state."
}

$action
