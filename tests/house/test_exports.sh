#!/bin/sh
# The shared library exports exactly the public names: test_exports.sh LIBRARY HEADERS…
set -u

library=$1
shift
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cat "$@" | tr '\n' ' ' | grep -oE 'CWORK_API [^;]*;' | grep -oE 'cwork_[a-z0-9_]+\(' |
	tr -d '(' | sort -u >"$folder/declared"
nm -D --defined-only "$library" | awk '{ print $3 }' | grep -v '^_' | sort -u >"$folder/exported"
sort "$(dirname "$0")/exports.txt" >"$folder/agreed"

echo 1..2
if diff "$folder/declared" "$folder/exported" >"$folder/diff"; then
	echo 'ok 1 - the library exports what the headers declare'
else
	sed 's/^/# /' "$folder/diff"
	echo 'not ok 1 - the library exports what the headers declare'
fi
if diff "$folder/agreed" "$folder/exported" >"$folder/diff"; then
	echo 'ok 2 - and that is what tests/house/exports.txt lists'
else
	sed 's/^/# /' "$folder/diff"
	echo 'not ok 2 - and that is what tests/house/exports.txt lists'
fi
