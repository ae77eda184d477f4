#!/bin/sh
# Provides the programs that tests run and that do not come from a Python registry.
#
#   sh scripts/system_packages.sh [--list]
#
# As root on Debian or Ubuntu, installs what is missing. Elsewhere says what is missing; that is an error
# where CI is set, and otherwise not: tests that need a missing program are then skipped, with the reason.
# No service is started: tests start their own servers, on free ports.
set -eu

# Debian's package, and the program or file by which it is known to be there.
PACKAGES='
chromium                        chromium
chromium-driver                 chromedriver
nginx                           nginx
libnginx-mod-http-brotli-static /usr/lib/nginx/modules/ngx_http_brotli_static_module.so
apache2                         apache2
libapache2-mod-xsendfile        /usr/lib/apache2/modules/mod_xsendfile.so
brotli                          brotli
zstd                            zstd
nodejs                          node
npm                             npm
openssl                         openssl
postgresql                      /usr/lib/postgresql
'

PATH=$PATH:/usr/sbin:/sbin

present() {
    case $1 in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

missing() {
    echo "$PACKAGES" | while read -r package probe; do
        [ -z "$package" ] || present "$probe" || echo "$package"
    done | tr '\n' ' '
}

# Debian starts a service as soon as it is installed, unless this file says no.
forbid_services() {
    policy=/usr/sbin/policy-rc.d
    [ -e $policy ] && return
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    trap 'exit 1' HUP INT TERM
}

if [ "${1:-}" = --list ]; then
    echo "$PACKAGES" | while read -r package probe; do
        [ -z "$package" ] || echo "$package"
    done
    exit 0
fi

wanted=$(missing)
[ -n "$wanted" ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing Debian packages: $wanted"
    forbid_services
    apt-get update -qq
    # shellcheck disable=SC2086 # one word each
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
    wanted=$(missing)
    [ -n "$wanted" ] || exit 0
    echo "Still missing after installation: $wanted" >&2
    exit 1
fi

echo "Missing programs, by the names of Debian's packages: $wanted" >&2
if command -v apt-get >/dev/null; then
    echo "Install them: sudo apt-get install $wanted" >&2
else
    echo "Install them with your system's package manager." >&2
fi
if [ -n "${CI:-}" ]; then
    echo "CI is set: nothing may be left untested." >&2
    exit 1
fi
echo "Tests that need them will be skipped." >&2
