#!/bin/sh
# Install what a target needs and is not there: setup.sh build|demo|check|lint
# As root, or through sudo. Says what it installs; silent when all is there.
set -eu

what=${1:-build}
packages='gcc libc6-dev meson ninja-build pkg-config libhiredis-dev'
case $what in
demo) packages="$packages redis-server" ;;
check) packages="$packages redis-server redis-tools g++ scdoc" ;;
ci) packages="$packages redis-server redis-tools g++ scdoc clang libclang-rt-14-dev llvm valgrind clang-format clang-tidy cppcheck lua-check shellcheck" ;;
lint) packages="$packages clang-format clang-tidy cppcheck lua-check shellcheck" ;;
esac

missing=
for package in $packages; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "setup: missing:$missing; install them, or install sudo" >&2
		exit 1
	}
	sudo=sudo
fi

# Redis is needed as a program: its package must not start a server on this machine.
policy=/usr/sbin/policy-rc.d
placed=
case $missing in
*redis-server*)
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
		$sudo chmod 755 "$policy"
		placed=yes
	fi
	;;
esac
cleanup() { [ -z "$placed" ] || $sudo rm -f "$policy"; }
trap cleanup EXIT

echo "setup: installing$missing"
log=$(mktemp)
apt() {
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1
}
# shellcheck disable=SC2086 # the packages are words
apt install --no-install-recommends $missing || {
	# The package lists may be missing or old.
	apt update && apt install --no-install-recommends $missing
} || {
	cat "$log" >&2
	echo "setup: could not install$missing" >&2
	exit 1
}
rm -f "$log"
