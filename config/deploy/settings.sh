# shellcheck shell=bash disable=SC2034,SC2154,SC2329
# Part of deploy.sh: what it is asked for, by words, environment and files.

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
  --keep NUMBER        good releases to keep; the current and the last good one stay anyway [LIVEWALL_DEPLOY_KEEP; else 5]
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

read_arguments() {
    local word name
    command='' argument='' branch='' force='' allow_breaking=''
    commit='' subject='' release='' half_built='' said='' reason='' outcome=0
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
    exit "$USAGE"
}

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
