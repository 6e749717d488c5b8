#!/bin/sh
# The program as people use it, against a private Redis: test_cli.sh CWORK
set -u

cwork=$1
folder=$(mktemp -d /tmp/cwork-cli-XXXXXX) || exit 1
socket=$folder/redis.sock
url=unix://$socket
number=0 failures=0
unset CWORK_REDIS CWORK_NAMESPACE

redis-server --port 0 --unixsocket "$socket" --save '' --dir "$folder" >"$folder/redis.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$folder"' EXIT

cli() { redis-cli -s "$socket" "$@"; }
tries=0
while ! cli ping >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ "$tries" -lt 200 ] || { echo 'Bail out! redis-server does not start'; exit 1; }
	sleep 0.05
done

# run ARGUMENTS…: sets $status, $out, $err
run() {
	out=$("$cwork" "$@" 2>"$folder/err" </dev/null)
	status=$?
	err=$(cat "$folder/err")
}
on() { run -r "$url" "$@"; }
report() {
	number=$((number + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $number - $1"
	else
		failures=$((failures + 1))
		echo "# status $status; out: $out; err: $err"
		echo "not ok $number - $1"
	fi
}
# says NAME STATUS TEXT: the last run ended so, with TEXT in what it printed
says() {
	ok=0
	[ "$status" -eq "$2" ] || ok=1
	case "$out$err" in *"$3"*) ;; *) ok=1 ;; esac
	report "$1" "$ok"
}
# holds NAME EXPECTED COMMAND…: redis-cli prints that
holds() {
	name=$1 expected=$2
	shift 2
	got=$(cli "$@")
	ok=0
	[ "$got" = "$expected" ] || { ok=1; out=$got; }
	report "$name" "$ok"
}

run --version; says 'the version' 0 'cwork 0.'
run --help; says 'the help lists the commands' 0 '  enqueue '
run; says 'no command is a usage error' 2 'usage: cwork'
run frobnicate; says 'an unknown command is named' 2 'no such command: frobnicate'
run enqueue --help; says "a command's help lists its options" 0 '--unique-key JSON'
run bench --frob; says 'an unknown option is named' 2 '--frob'
run enqueue foo --in; says 'a missing value is named' 2 '--in'
run "$(printf 'bad\033[2Jname')"; says 'hostile words are escaped' 2 'bad\x1b[2Jname'

on enqueue foo 'to=a=b' 'n:=9007199254740993' 'o:={"b":[1,2],"a":null}'
says 'a job of members prints its id' 0 ''
holds 'its args are exact' '{"n":9007199254740993,"o":{"a":null,"b":[1,2]},"to":"a=b"}' \
	eval "return string.match(redis.call('LINDEX','work:jobs:foo',0),'\"args\":(.*)}\$')" 0
on enqueue foo --args '{"z":1, "a":2}'
holds 'args as JSON are made canonical' '{"a":2,"z":1}' \
	eval "return string.match(redis.call('LINDEX','work:jobs:foo',0),'\"args\":(.*)}\$')" 0
on enqueue foo --args '{"a":}'; says 'bad JSON is told with its place' 1 'at byte 5'
on enqueue foo --args '[1]'; says 'args must be an object' 1 'not a JSON object'
on enqueue foo a=1 --args '{}'; says 'args in both forms are refused' 2 'not both'
on enqueue foo word; says 'a word that is no member is named' 2 'word is neither'
on enqueue 'a:b'; says 'a bad name is told' 1 'has a colon'
on enqueue foo --in 5x; says 'a bad duration is told' 2 '--in 5x'
on enqueue foo --at yesterday; says 'a bad time is told' 2 '--at yesterday'
on enqueue foo --once 5m; says 'once needs an id' 2 '--once needs --id'

on enqueue later --at 2030-01-01T00:00:00Z
on enqueue later --at 1893456000
on enqueue later --at 2030-01-01T01:00:00+01:00
holds 'three ways to say a time' 3 zcount work:scheduled 1893456000 1893456000
on enqueue soon --in 1h30m
holds 'in an hour and a half' 1 zcount work:scheduled "$(($(date +%s) + 5395))" "$(($(date +%s) + 5405))"

on enqueue only a=1 --unique; says 'a unique job' 0 ''
on enqueue only a=1 --unique; says 'and its duplicate' 0 'not enqueued'
on --json enqueue only a=1 --unique; says 'a duplicate as JSON' 0 '{"result":"duplicate"}'
on enqueue only v=1 --unique-key '{"k":1}'
on enqueue only v=2 --unique-key '{"k":1}'; says 'a duplicate by key' 0 'not enqueued'
holds 'one of each waits' 2 llen work:jobs:only
on enqueue order --id order-7 --once 1h; says "the caller's id" 0 'order-7'
on enqueue order --id order-7 --once 1h; says 'is enqueued once' 0 'not enqueued'
holds 'and waits once' 1 llen work:jobs:order
on --json enqueue foo; says 'an id as JSON' 0 '{"result":"enqueued","id":"'
on -q enqueue foo; says 'quiet' 0 ''
[ -z "$out" ]; report 'quiet prints nothing' $?

run enqueue ns1 -n app -r "$url"; says 'global options may follow' 0 ''
CWORK_REDIS=$url CWORK_NAMESPACE=app run enqueue ns1; says 'or come from the environment' 0 ''
holds 'both went to the namespace' 2 llen app:jobs:ns1

printf '{"name":"b1","args":{"i":1}}\n\nnot json\n{"name":"b2","in":60}\n{"nam":"x"}\n{"name":"a,b"}\n' >"$folder/bulk"
on enqueue --bulk "$folder/bulk"; says 'bulk counts' 1 '2 enqueued, 0 duplicates, 3 refused'
says 'bulk names bad lines' 1 "$folder/bulk:3: "
says 'and unknown members' 1 "$folder/bulk:5: unknown member \"nam\""
says 'and bad names' 1 "$folder/bulk:6: "
holds 'the good lines went in' 1 llen work:jobs:b1
out=$(printf '{"name":"b3"}\n' | "$cwork" -r "$url" --json enqueue --bulk - 2>"$folder/err")
status=$? err=
says 'bulk from standard input, as JSON' 0 '{"enqueued":1,"duplicates":0,"refused":0}'
on enqueue --bulk /nonexistent; says 'a missing file is named' 1 '/nonexistent'
on enqueue --bulk "$folder/bulk" foo; says 'bulk takes no name' 2 '--bulk takes names'

run -r "unix://$folder/none.sock" enqueue foo; says 'no Redis is told, with the place' 1 "$folder/none.sock"
run -r 'redis://user:sesame@127.0.0.1:1' enqueue foo
case "$out$err" in *sesame*) false ;; *) true ;; esac
report 'a password is never printed' $?
run -r 'ftp://x' enqueue foo; says 'a bad URL is told' 1 'not a kind of URL'

cli flushall >/dev/null
on --json bench --jobs 2000 --latency 20
for field in jobs seconds jobs_per_s enqueue_per_s latency_us p50 p99 cpu_seconds redis_cpu_seconds \
	peak_rss_kb concurrency prefetch; do
	case $out in *"\"$field\":"*) ;; *) status=9; err="no $field" ;; esac
done
says 'bench as JSON has every figure' 0 '"jobs":2000'
holds 'and leaves no key behind' '' keys '*'
on bench --jobs 500 --prefetch off --concurrency 3; says 'bench for people' 0 'jobs/s'
on bench --jobs 0; says 'bench checks its numbers' 2 '--jobs 0'
on bench --prefetch maybe; says 'and its words' 2 '--prefetch maybe'

before=$(date +%s)
run demo; says 'the demo explains itself' 0 'What happened in these'
[ $(($(date +%s) - before)) -lt 30 ]; report 'in under 30 seconds' $?
run --json demo; says 'the demo as JSON' 0 '"flaky_api":3'
"$cwork" demo >/dev/null 2>&1 &
demo=$!
sleep 1
kill -INT "$demo"
wait "$demo"; status=$? out='' err=''
report 'the demo can be interrupted' "$status"
# shellcheck disable=SC2009 # the arguments tell it
! ps ax -o args | grep -v grep | grep -q 'redis-server.*cwork-demo'
report 'and its Redis is gone' $?
mkdir "$folder/bin" && ln -s "$(command -v cat)" "$folder/bin/cat"
PATH=$folder/bin run demo; says 'without redis-server it tells what to install' 1 'apt install redis-server'

echo "1..$number"
[ "$failures" -eq 0 ]
