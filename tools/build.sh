#!/bin/sh
# Configure and build, and say nothing unless it fails: build.sh BUILD [options of meson setup]
set -u

build=$1
shift
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
[ -f "$build/build.ninja" ] || meson setup "$build" "$@" >"$log" 2>&1 || {
	cat "$log"
	exit 1
}
ninja -C "$build" >"$log" 2>&1 || {
	cat "$log"
	exit 1
}
