#!/bin/sh
# Install what a target needs and is not there: setup.sh build|demo|check|lint|coverage|fuzz|valgrind|ci
# As root, or through sudo. Says what it installs; silent when all is there.
set -eu

PATH=$PATH:/usr/sbin:/sbin # where update-rc.d is; not on every user's path
missing=

# need PACKAGE TEST…: PACKAGE is missing when the test fails. What counts is
# that the program is there, not who put it there.
need() {
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}

has() { command -v "$1"; }
compiles() { printf '#include <%s>\n' "$1" | "${CC:-cc}" -E -; }
runs_redis() { has redis-server || has valkey-server; }
links_fuzzers() { echo 'int x;' | clang -fsyntax-only -x c - && ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a; }

need_build() {
	need gcc has "${CC:-cc}"
	need libc6-dev compiles stdio.h
	need meson has meson
	need ninja-build has ninja
	need pkg-config has pkg-config
	need libhiredis-dev pkg-config --exists hiredis
}

need_demo() {
	need_build
	need redis-server runs_redis
}

need_check() {
	need_build
	need redis-server has redis-server
	need redis-tools has redis-cli
	need g++ has g++
	need scdoc has scdoc
}

need_lint() {
	need_build
	need clang-format has clang-format
	need clang-tidy has clang-tidy
	need cppcheck has cppcheck
	need lua-check has luacheck
	need shellcheck has shellcheck
}

need_fuzz() {
	need_build
	need clang has clang
	need libclang-rt-14-dev links_fuzzers
	need llvm has llvm-symbolizer
}

need_coverage() {
	need_check
	need gcovr has gcovr
}

need_valgrind() {
	need_check
	need valgrind has valgrind
	need libc6-dbg test -d /usr/lib/debug/.build-id
}

need_ci() {
	need_valgrind
	need_lint
	need_fuzz
}

case ${1:-build} in
build | demo | check | lint | coverage | fuzz | valgrind | ci) "need_${1:-build}" ;;
*)
	echo "setup: no such target: $1" >&2
	exit 2
	;;
esac
missing=$(echo "$missing" | tr ' ' '\n' | sort -u | tr '\n' ' ')
missing=${missing# }
missing=${missing% }
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || {
	echo "setup: please install what Debian calls: $missing" >&2
	exit 1
}
sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "setup: not root and no sudo; please have this run: apt-get install $missing" >&2
		exit 1
	}
	sudo=sudo
fi

# Redis is wanted as a program. Its package would start a server, now and at every boot.
policy=/usr/sbin/policy-rc.d
placed=
log=$(mktemp)
clean_up() {
	rm -f "$log"
	[ -z "$placed" ] || $sudo rm -f "$policy"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
case " $missing " in
*' redis-server '*)
	if [ ! -e "$policy" ]; then
		placed=yes
		# shellcheck disable=SC2016 # $1 is for the script that is written
		printf '#!/bin/sh\ncase $1 in redis-server*) exit 101 ;; esac\nexit 0\n' |
			$sudo tee "$policy" >/dev/null
		$sudo chmod 755 "$policy"
	fi
	;;
esac

apt() {
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}

install() {
	# shellcheck disable=SC2086 # the packages are words
	apt install --no-install-recommends $missing
}

echo "setup: installing $missing"
# The package lists may be missing, or too old to be of use.
install || { apt update && install; } || {
	cat "$log" >&2
	echo "setup: could not install $missing" >&2
	exit 1
}
case " $missing " in
*' redis-server '*)
	if command -v systemctl >/dev/null; then
		$sudo systemctl disable redis-server >/dev/null 2>&1 || true
	elif command -v update-rc.d >/dev/null; then
		$sudo update-rc.d redis-server disable >/dev/null 2>&1 || true
	fi
	echo 'setup: redis-server is there as a program; its service stays off'
	;;
esac
# A build folder that did without something looks for it again.
touch "$(dirname "$0")/../meson.build"
