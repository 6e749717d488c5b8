#!/bin/sh
# Run the tests of a build folder and count every TAP line: run-tests.sh BUILD [meson test arguments]
# The last line is "N passed, N failed" (", N skipped" follows when some were).
set -u

build=$1
shift
log=$build/meson-logs/testlog.txt
rm -f "$log"
meson test -C "$build" --no-rebuild --num-processes 2 "$@" >"$build/run.log" 2>&1
status=$?
[ -f "$log" ] || {
	cat "$build/run.log"
	exit 1
}

# Programs that died print no "not ok": meson knows.
grep -E '^ *[0-9]+/[0-9]+ .* (FAIL|ERROR|TIMEOUT|INTERRUPT)' "$build/run.log"
awk '
	/^=+ [0-9]+\/[0-9]+ =+$/ { name = "" }
	/^test: / { name = $2 }
	/^ok .*# SKIP/ { skipped++; print "skipped: " name ": " substr($0, index($0, "- ") + 2); next }
	/^ok / { passed++ }
	/^not ok / {
		failed++
		print "FAILED: " name ": " substr($0, index($0, "- ") + 2)
		for (i = 0; i < notes; i++) print "    " note[i]
	}
	/^# / { if (notes < 20) note[notes++] = $0; next }
	{ notes = 0 }
	END {
		printf "%d passed, %d failed", passed, failed + ('"$status"' != 0 && failed == 0)
		if (skipped) printf ", %d skipped", skipped
		print ""
		if (passed + failed == 0) exit 1
	}
' "$log"
counted=$?
[ "$status" -eq 0 ] && [ "$counted" -eq 0 ]
