#!/bin/sh
# The last line of make check tells the truth: test_count.sh SOURCE_ROOT. Prints TAP.
set -u

count=$1/tools/count-tests.py
log=$(mktemp) || exit 1
trap 'rm -f "$log" "$log".*' EXIT
number=0

# A line of meson's log: ran RESULT EXIT_STATUS STDOUT
ran() {
	printf '{"name": "cwork:unit / demo", "result": "%s", "returncode": %s, "stdout": "%s", "stderr": "oh\\n"}\n' \
		"$1" "$2" "$3" >>"$log"
}

# says SENTENCE EXIT_STATUS LAST_LINE [STATUS OF THE RUN]: what is counted of the log so far
says() {
	number=$((number + 1))
	python3 "$count" "$log" "${4:-0}" >"$log.said" 2>&1
	status=$?
	if [ $status -eq "$2" ] && [ "$(tail -n 1 "$log.said")" = "$3" ]; then
		echo "ok $number - $1"
	else
		sed 's/^/# /' "$log.said"
		echo "# exit status $status"
		echo "not ok $number - $1"
	fi
	: >"$log"
}

ran OK 0 'ok 1 - a\nok 2 - b\n1..2\n'
ran OK 0 '1..1\nok 1 - c\n'
says 'every passed test counts' 0 '3 passed, 0 failed'

ran OK 0 'ok 1 - seen: #include <x.h>\nok\nok 3\n1..3\n'
says 'a sentence may hold a hash, or be missing' 0 '3 passed, 0 failed'

ran FAIL 1 'ok 1 - a\n# x.c:7: b is 1, not 2\nnot ok 2 - b\n1..2\n'
says 'a failed test fails the run' 1 '1 passed, 1 failed' 1

ran OK 0 'ok 1 - a\nok 2 - b # SKIP no locale\n1..2\n'
says 'a skipped test has not passed' 0 '1 passed, 0 failed, 1 skipped'

ran OK 0 'ok 1 - a\n1..1\n'
ran ERROR -11 'ok 1 - a\n'
ran FAIL 1 'not ok 1 - b\n1..1\n'
says 'a crash counts beside a failure elsewhere' 1 '2 passed, 2 failed' 2

ran TIMEOUT -15 'ok 1 - a\n'
says 'a program that runs out of time fails' 1 '1 passed, 1 failed' 1

ran OK 0 'ok 1 - a\n1..2\n'
says 'a program that runs fewer tests than it planned fails' 1 '1 passed, 1 failed'

ran OK 0 ''
says 'a program that says nothing fails' 1 '0 passed, 1 failed'

ran OK 0 'ok 1 - a # SKIP why\n1..1\n'
says 'a run in which nothing passed fails' 1 '0 passed, 0 failed, 1 skipped'

ran SKIP 0 '1..0 # SKIP no server\n'
ran OK 0 'ok 1 - a\n1..1\n'
says 'a program may skip all' 0 '1 passed, 0 failed, 1 skipped'

ran OK 0 'ok 1 - a\n1..1\n'
says 'a run that went wrong elsewhere fails' 1 '1 passed, 1 failed' 1

ran FAIL 1 '# x.c:7: b is 1, not 2\nnot ok 1 - b\n1..1\n'
python3 "$count" "$log" 1 >"$log.told"
number=$((number + 1))
if grep -q '^FAILED: demo: b$' "$log.told" && grep -q '^    # x.c:7: b is 1, not 2$' "$log.told"; then
	echo "ok $number - a failure is told by name, with what the test said"
else
	sed 's/^/# /' "$log.told"
	echo "not ok $number - a failure is told by name, with what the test said"
fi
echo "1..$number"
