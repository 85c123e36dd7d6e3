#!/bin/sh
# Puts an agent beside a rig: a service that takes jobs of queues and runs them. Safe to run again at any time.
#
#   agent-install.sh [install] NAME --server https://wall.lab.example --queue rpi4 --token-file FILE
#   agent-install.sh upgrade           install this checkout's version, and let each agent begin with it after its job
#   agent-install.sh uninstall NAME    take one off; its settings and what it has not delivered stay
#
# Several may be on one machine, each with a name. Without root, or to try it: --prefix DIR puts everything below DIR.
set -eu

usage() {
    cat <<'TEXT'
agent-install.sh [install | upgrade | uninstall] [NAME] [options]

  --server URL        the wall
  --queue NAME        a queue to take jobs from; may be repeated
  --token-file FILE   file with a token of scope agent, - for standard input
  --label KEY=VALUE   by which jobs may ask for this agent; may be repeated
  --setup NAME        what robots in jobs report as their setup; else the agent's name
  --ca FILE           certificates to trust, for a wall with an authority of its own
  --user NAME         who runs jobs; made if not there (livewall-agent); root for jobs that must be root
  --python PROGRAM    install into this Python instead of into an environment of its own
  --prefix DIR        put everything below DIR, as the user who calls this

An agent.toml that is there already stays as it is: edit it, then run this again.
TEXT
}

# A text for TOML.
quoted() { printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"; }

here=$(cd "$(dirname "$0")" && pwd -P)
checkout=$(cd "$here/../.." && pwd -P)
# shellcheck source-path=SCRIPTDIR source=python.sh
. "$here/python.sh"
action=install name='' server='' queues='' labels='' token_file='' setup='' ca='' user=livewall-agent python='' prefix=''
case ${1:-} in install | upgrade | uninstall) action=$1; shift ;; esac
case ${1:-} in -* | '') ;; *) name=$1; shift ;; esac
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --server | --queue | --token-file | --label | --setup | --ca | --user | --python | --prefix)
            [ $# -ge 2 ] || fail "$1 needs a value"
            case $1 in
                --server) server=$2 ;; --token-file) token_file=$2 ;; --setup) setup=$2 ;; --ca) ca=$2 ;;
                --user) user=$2 ;; --python) python=$2 ;; --prefix) prefix=$2 ;;
                --queue) queues="$queues${queues:+, }$(quoted "$2")" ;;
                --label)
                    case $2 in ?*=*) ;; *) fail "--label $2 is not KEY=VALUE" ;; esac
                    labels="$labels$(quoted "${2%%=*}") = $(quoted "${2#*=}")
" ;;
            esac
            shift 2 ;;
        *) usage >&2; fail "there is no $1" ;;
    esac
done

[ -n "$prefix" ] || [ "$(id -u)" = 0 ] || fail 'only root may write to /opt and /etc: use sudo, or --prefix DIR'
if [ -n "$prefix" ]; then
    mkdir -p "$prefix" && prefix=$(cd "$prefix" && pwd -P)
    user=''
fi
home=$prefix/opt/livewall-agent etc=$prefix/etc/livewall/agents state=$prefix/var/lib/livewall-agent
units=$prefix/etc/systemd/system unit=livewall-agent@.service

needs_name() {
    [ -n "$name" ] || fail "which agent? agent-install.sh $action NAME"
    case $name in *[!A-Za-z0-9._-]* | [!A-Za-z0-9]*) fail "$name: letters, digits and . _ - make a name" ;; esac
}

# Has systemd do it, where it is there and this is not tried below a folder.
systemd() { [ -n "$prefix" ] || [ ! -d /run/systemd/system ] || systemctl "$@"; }

install_program() {
    install_into_python agent "${checkout}[agent]"
    mkdir -p "$home/bin" "$units"
    printf '#!/bin/sh\nexec %s -m livewall_agent "$@"\n' "$python" >"$home/bin/livewall-agent"
    chmod 755 "$home/bin/livewall-agent"
    sed "s#@HOME@#$home#; s#@ETC@#$etc#; s#@STATE@#$state#" "$here/$unit" >"$units/$unit"
}

write_settings() {
    mkdir -p "$etc"
    if [ -n "$token_file" ]; then
        if [ "$token_file" = - ]; then IFS= read -r token || [ -n "$token" ] || fail 'no token came on standard input'
        else IFS= read -r token <"$token_file" || [ -n "$token" ] || fail "$token_file holds no token"; fi
        (umask 077 && printf '%s\n' "$token" >"$etc/$name.token")
    fi
    if [ -e "$etc/$name.toml" ]; then
        [ -z "$server$queues$labels$setup$ca" ] || say "$etc/$name.toml is there and stays as it is: edit it for what is new."
        return
    fi
    [ -n "$server" ] || fail 'which wall? --server https://wall.lab.example'
    [ -n "$queues" ] || fail 'which queue? --queue NAME'
    {
        say '# All that there is to set: docs/how-to-agent.md'
        say "server = $(quoted "$server")"
        say "queues = [$queues]"
        [ ! -e "$etc/$name.token" ] || say "token_file = $(quoted "$etc/$name.token")"
        [ -z "$setup" ] || say "setup = $(quoted "$setup")"
        [ -z "$ca" ] || say "ca = $(quoted "$ca")"
        case $user in '' | root) ;; *) say "user = $(quoted "$user")  # who runs jobs" ;; esac
        say ''
        say '[labels]'
        printf %s "$labels"
    } >"$etc/.$name.toml.new"
    mv "$etc/.$name.toml.new" "$etc/$name.toml"
}

install() {
    needs_name
    case $user in '' | root) ;; *)
        id "$user" >/dev/null 2>&1 || useradd --system --home-dir "$state" --shell /usr/sbin/nologin "$user" ;;
    esac
    mkdir -p "$home" "$state"
    chmod 711 "$state"
    write_settings
    install_program
    "$home/bin/livewall-agent" check --config "$etc/$name.toml" --name "$name" || exit 1
    systemd daemon-reload
    systemd enable --quiet "livewall-agent@$name"
    systemd restart "livewall-agent@$name"
    say "Installed. Settings: $etc/$name.toml. Its log: journalctl -u livewall-agent@$name"
}

upgrade() {
    [ -x "$home/bin/livewall-agent" ] || fail 'there is nothing to upgrade here: install an agent first'
    install_program
    systemd daemon-reload
    for settings in "$etc"/*.toml; do
        # It ends after its job, and is started again.
        [ ! -e "$settings" ] || systemd kill --kill-whom=main --signal=USR1 "livewall-agent@$(basename "$settings" .toml)"
    done
    say 'Upgraded. Each agent begins anew when its job has ended.'
}

uninstall() {
    needs_name
    systemd disable --now --quiet "livewall-agent@$name"
    say "Taken off. What stays: $etc/$name.toml, its token beside it, and $state/$name."
}

$action
