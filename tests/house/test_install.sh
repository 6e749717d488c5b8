#!/bin/sh
# What is installed can be used: test_install.sh BUILD SOURCE_ROOT. Prints TAP.
# The examples are built as a user builds them, by pkg-config.
set -u

build=$1 root=$2
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
number=0

# holds SENTENCE COMMAND…
holds() {
	number=$((number + 1))
	sentence=$1
	shift
	if "$@" >"$place/said" 2>&1; then
		echo "ok $number - $sentence"
	else
		sed 's/^/# /' "$place/said"
		echo "not ok $number - $sentence"
	fi
}

DESTDIR=$place/root meson install -C "$build" --no-rebuild --quiet >"$place/log" 2>&1 || {
	sed 's/^/# /' "$place/log"
	echo 'Bail out! meson install failed'
	exit 1
}
pc=$(find "$place/root" -name cwork.pc)
libraries=$(dirname "$(dirname "$pc")")
prefix=$(sed -n 's/^prefix=//p' "$pc")
PKG_CONFIG_PATH=$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$place/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR

uses_shared() {
	# shellcheck disable=SC2046 # flags are words
	"${CC:-cc}" -o "$place/shared" "$root/examples/$1.c" $(pkg-config --cflags --libs cwork) &&
		LD_LIBRARY_PATH=$libraries ldd "$place/shared" | grep -q 'libcwork\.so\.0 => /'
}

# Where there is no shared library, -lcwork means the archive.
uses_static() {
	mkdir -p "$place/static" && cp "$libraries/libcwork.a" "$place/static" || return
	flags="$(pkg-config --cflags cwork) $(pkg-config --static --libs cwork | sed 's,-L[^ ]*,,g')"
	# shellcheck disable=SC2086
	"${CC:-cc}" -o "$place/alone" "$root/examples/$1.c" -L"$place/static" $flags &&
		! ldd "$place/alone" | grep libcwork
}

same_version() {
	version=$(pkg-config --modversion cwork) &&
		[ "$("$place/root$prefix/bin/cwork" --version)" = "cwork $version" ] &&
		grep -q "CWORK_VERSION \"$version\"" "$root/include/cwork/export.h"
}

only_the_headers() {
	ls "$place/root$prefix/include/cwork" >"$place/installed"
	find "$root/include/cwork" -name '*.h' | sed 's,.*/,,' | sort | diff - "$place/installed"
}

hardened() { readelf -W -d -l "$1" | grep -q BIND_NOW && ! readelf -W -l "$1" | grep -q 'GNU_STACK.* RWE'; }

for example in enqueue worker unique_and_scheduled; do
	holds "$example builds with the installed shared library" uses_shared $example
	holds "$example builds with the installed archive" uses_static $example
done
holds 'the program, the header and pkg-config tell one version' same_version
holds 'the public headers are installed, and no others' only_the_headers
if [ "$3" = hardened ]; then
	holds 'the program is bound at start, with a stack that does not execute' hardened "$place/root$prefix/bin/cwork"
	holds 'so is the library' hardened "$libraries/libcwork.so.0"
fi
echo "1..$number"
