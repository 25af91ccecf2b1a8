# The slow path of ./lab, which sources this: installs what it found lacking.
# Messages go to standard error, so that a command's own output stays clean.

say() {
    printf 'wirelab: %s\n' "$*" >&2
}

# The machine lacks what cannot be mended from here: what, and the command that mends it.
give_up() {
    say "$@"
    exit 3
}

prepare() {
    if [ "$part" = system ]; then
        prepare_packages
        return
    fi
    if [ ! -w "$root" ] && ! { linked && built && installed; }; then
        give_up "$root is not writable for $(id -un): make a clone of your own and run that"
    fi
    alone
    prepare_packages
    linked || restore_links
    built || build
    installed || install_project
    exec 9<&-
}

# Two first runs at the same time: the second waits, and then finds the work done.
alone() {
    exec 9<"$root"
    if ! flock -n 9; then
        say "another ./lab is preparing $root; waiting for it"
        flock 9
    fi
}

prepare_packages() {
    # shellcheck disable=SC2086  # lists of words
    packages=$(lacking $wanted | sort -u)
    if [ "$part" = all ] && ! built; then packages="$packages $(python_packages)"; fi
    # shellcheck disable=SC2086
    set -- $packages
    if [ $# -eq 0 ]; then return; fi

    if ! command -v apt-get >/dev/null; then
        do_without "this system has no apt-get; install with its own package manager what Debian calls: $*"
        return
    fi
    say "installing what labs are made with and this machine lacks: $*"
    say "(with apt-get; it can take a minute; no service of theirs is started or enabled)"
    if [ "$(id -u)" -eq 0 ]; then
        sh "$root/tools/packages" "$@" || do_without "they could not be installed: $*"
    elif may_sudo; then
        # shellcheck disable=SC2086  # no word or one
        sudo $sudo_options sh "$root/tools/packages" "$@" ||
            do_without "they could not be installed; as root run: $root/lab $(system_setup)"
    else
        do_without "this needs root, and sudo cannot be asked; as root run: $root/lab $(system_setup)"
    fi
}

# Scenarios that need a program which is not here are skipped, the others run; the tests, and
# `setup`, want all of them.
do_without() {
    if [ "$asked" != run ]; then give_up "$@"; fi
    say "$@"
    say "until then, scenarios that need one of these are skipped"
}

# Nobody is asked for a password where nobody can answer.
may_sudo() {
    command -v sudo >/dev/null || return 1
    sudo_options=
    if [ -n "${CI-}" ] || [ ! -t 2 ]; then sudo_options=-n; fi
    [ -z "$sudo_options" ] || sudo -n true 2>/dev/null
}

system_setup() {
    case $wanted in *"$test_programs") echo setup --system --test ;; *) echo setup --system ;; esac
}

# What a Python with virtual environments still needs, as root or where no other Python serves.
python_packages() {
    if [ ! -x /usr/bin/python3 ]; then
        find_python >/dev/null || echo python3 python3-venv
    elif recent /usr/bin/python3 && ! complete /usr/bin/python3; then
        if [ "$(id -u)" -eq 0 ] || ! find_python >/dev/null; then echo python3-venv; fi
    fi
}

recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Debian keeps ensurepip in a package of its own.
complete() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# The system's own interpreter comes first: every user of the machine can run it.
find_python() {
    for name in /usr/bin/python3 python3.13 python3.12 python3.11 python3; do
        if python=$(command -v "$name") && recent "$python" && complete "$python"; then
            echo "$python"
            return
        fi
    done
    return 1
}

restore_links() {
    say "restoring the links src/wirelab/* to the folders of the checkout"
    for room in $rooms; do
        [ -d "$root/src/wirelab/$room" ] && continue
        rm -f "$root/src/wirelab/$room"
        ln -s "../../$room" "$root/src/wirelab/$room" ||
            give_up "$root cannot hold symbolic links: copy it to a Linux file system and run that"
    done
}

build() {
    python=$(find_python) ||
        give_up "Python 3.11 or newer is needed, with its venv module; this machine has $(/usr/bin/python3 --version 2>&1)"
    say "making .venv with $python and the packages of requirements.lock (some 20 seconds)"
    if [ "$(id -u)" -eq 0 ]; then umask 022; fi
    rm -f "$venv/made-for"
    quietly "$python" -m venv --clear "$venv"
    # What comes as source (pyftpdlib) is built with the pinned setuptools, not with a fetched one.
    sed -n '/^setuptools==/,/^    #/p' "$root/requirements.lock" >"$venv/setuptools.lock"
    pip_install --require-hashes -r "$venv/setuptools.lock"
    pip_install --require-hashes --no-build-isolation --use-pep517 -r "$root/requirements.lock"
    cp "$root/requirements.lock" "$venv/requirements.lock"
    # Last, and at once: a build that was interrupted has no such file.
    printf '%s\n' "$root" "$(readlink -f "$venv/bin/python")" >"$venv/made-for.new"
    mv "$venv/made-for.new" "$venv/made-for"
}

install_project() {
    pip_install --no-deps --no-build-isolation --editable "$root"
    # Where PYTHONDONTWRITEBYTECODE is set, as in many containers, every start would compile it all.
    # shellcheck disable=SC2086  # a list of words
    (cd "$root" && quietly "$venv/bin/python" -m compileall -q src $rooms)
    cp "$root/pyproject.toml" "$venv/pyproject.toml"
    # With sudo in somebody's checkout: it stays theirs.
    if [ "$(id -u)" -eq 0 ]; then
        chown -R -h --reference="$root" "$venv"
    fi
}

pip_install() {
    quietly "$venv/bin/python" -m pip --disable-pip-version-check --no-input install "$@"
}

# Runs a command whose output matters only when it fails.
quietly() {
    output=$("$@" 2>&1) || {
        printf '%s\n' "$output" >&2
        give_up "this failed: $*"
    }
}
