# What install.sh and agent-install.sh share. They set home, where an environment goes, and python, one that was named or ''.
# shellcheck shell=sh disable=SC2154

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# install_into_python WHAT SOURCE: by pip, into the Python that was named, or into an environment, made where there is none.
install_into_python() {
    if [ -n "$python" ]; then
        python=$("$python" -c 'import sys; print(sys.executable)') || fail "$python is no Python that runs"
    else
        python=$home/venv/bin/python
        if ! "$python" -c '' 2>/dev/null; then
            python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null \
                || fail 'python3 must be 3.10 or newer; name another one with --python'
            python3 -c 'import ensurepip, venv' 2>/dev/null \
                || fail 'python3 cannot make environments: apt install python3-venv'
            python3 -m venv --clear "$home/venv"
        fi
    fi
    say "Installing the $1 into $python"
    "$python" -m pip install --quiet --disable-pip-version-check --upgrade "$2" \
        || fail "pip could not install $2; what it says stands above"
}
