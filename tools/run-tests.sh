#!/bin/sh
# Run the tests of a build folder and count them: run-tests.sh BUILD [arguments of meson test]
# The last line is "N passed, N failed" (", N skipped" follows when some were).
set -u

build=$1
shift
tools=$(dirname "$0")
rm -f "$build"/meson-logs/testlog*.json
meson test -C "$build" --no-rebuild --num-processes 2 "$@" >"$build/run.log" 2>&1
status=$?
# A setup (--setup NAME) has a log of its own.
for log in "$build"/meson-logs/testlog*.json; do
	break
done
if [ ! -s "$log" ]; then
	cat "$build/run.log"
	echo '0 passed, 1 failed'
	exit 1
fi
python3 "$tools/count-tests.py" "$log" "$status"
