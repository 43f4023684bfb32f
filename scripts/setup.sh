#!/usr/bin/env bash
# Set up everything that playing (setup.sh play), testing (test) or `make acceptance` (acceptance) needs, once: system
# libraries where apt is at hand and we are root, then a virtual environment in .venv. What cannot be done is said in
# one command.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-play}
wants_plugins=
[ "$purpose" != acceptance ] || { purpose=test; wants_plugins=yes; }
venv=.venv

# command, library or file on the left, Debian package on the right
play_needs="libportaudio.so.2=libportaudio2 libjack.so.0=libjack-jackd2-0 libEGL.so.1=libegl1 libGL.so.1=libgl1
liblilv-0.so.0=liblilv-0-0 libX11-xcb.so.1=libx11-xcb1 libdbus-1.so.3=libdbus-1-3
libfontconfig.so.1=libfontconfig1 libglib-2.0.so.0=libglib2.0-0
libxcb-cursor.so.0=libxcb-cursor0 libxcb-icccm.so.4=libxcb-icccm4 libxcb-image.so.0=libxcb-image0
libxcb-keysyms.so.1=libxcb-keysyms1 libxcb-randr.so.0=libxcb-randr0 libxcb-render-util.so.0=libxcb-render-util0
libxcb-shape.so.0=libxcb-shape0 libxcb-sync.so.1=libxcb-sync1 libxcb-xfixes.so.0=libxcb-xfixes0
libxkbcommon-x11.so.0=libxkbcommon-x11-0"
test_needs="$play_needs jackd=jackd2 gcc=gcc sox=sox espeak-ng=espeak-ng Xvfb=xvfb chromium=chromium node=nodejs
firefox-esr=firefox-esr openbox=openbox pulseaudio=pulseaudio /usr/lib/clap/ZamDelay.clap=zam-plugins
lv2apply=lilv-utils /usr/lib/lv2/mda.lv2=mda-lv2 /usr/lib/lv2/so-synth.lv2=so-synth-lv2
/usr/lib/lv2/lsp-plugins.lv2=lsp-plugins-lv2"
plugin_packages="abgate ardour-lv2-plugins avldrums.lv2 avldrums.lv2-soundfont blop-lv2 calf-plugins dpf-plugins-lv2
dragonfly-reverb-lv2 drumgizmo drumkv1-lv2 eq10q fomp foo-yc20 guitarix-lv2 invada-studio-plugins-lv2 ir.lv2
lsp-plugins-lv2 lv2-examples lv2vocoder padthv1-lv2 qmidiarp rubberband-lv2 samplv1-lv2 setbfree swh-lv2 synthv1-lv2
vocproc x42-plugins yoshimi zynaddsubfx-lv2"

say() { printf 'setup: %s\n' "$*" >&2; }

has() {
    case $1 in
        /*) [ -e "$1" ] ;;
        *.so.*) [[ $(ldconfig -p 2>/dev/null || /sbin/ldconfig -p) == *"$1"* ]] ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

apt_install() {  # PACKAGE...: install as root; otherwise print the command
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" != 0 ]; then
        say "please run: sudo apt-get install $*"
        return 1
    fi
    say "installing $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt-get update -qq >&2 && apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

system_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    local needs=$play_needs missing=() need
    [ "$purpose" = test ] && needs=$test_needs
    [ -z "$wants_plugins" ] || for need in $plugin_packages; do needs="$needs /usr/share/doc/$need=$need"; done
    for need in $needs; do
        has "${need%%=*}" || missing+=("${need##*=}")
    done
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}" || say "going on without ${missing[*]}"
}

find_python() {  # the first Python that is new enough
    local python
    for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    say "no Python 3.11 or newer found; install one and run again, or name it: PYTHON=/path/to/python3 make $purpose"
    exit 1
}

virtual_environment() {
    [ -x $venv/bin/pip ] && return
    local python
    python=$(find_python)
    say "making a virtual environment in $venv with $("$python" --version)"
    "$python" -m venv $venv >/dev/null 2>&1 && return
    rm -rf $venv
    apt_install python3-venv || { say "$python lacks venv: install it (Debian: apt-get install python3-venv)"; exit 1; }
    "$python" -m venv $venv
}

packages() {  # pip runs only when what it would read has changed
    local extras="" stamp
    [ "$purpose" = test ] && extras="[train,dev]"
    stamp=$venv/.set-up-$purpose
    if [ "$(cat $stamp 2>/dev/null)" = "$(wanted)" ]; then
        return
    fi
    say "installing the Python packages (minutes the first time)"
    [ "$purpose" = play ] || small_torch
    install -e ".$extras"
    wanted >$stamp
}

install() { $venv/bin/pip install --disable-pip-version-check --quiet -c constraints.txt "$@"; }

small_torch() {  # on Linux, plain torch is the CUDA build; take the CPU build where the package index has it
    [ "$(uname -s)" = Linux ] || return 0
    $venv/bin/python -c 'import torch' 2>/dev/null && return
    install "$(grep '^torch==' constraints.txt)+cpu" 2>/dev/null ||
        say "the package index has no CPU build of torch: the CUDA build comes, several gigabytes (the README tells how not to)"
}

wanted() { cat pyproject.toml constraints.txt | cksum; }

system_libraries
virtual_environment
packages
