#!/bin/sh
# The examples against a server of their own:
# test_examples.sh ENQUEUE WORKER UNIQUE_AND_SCHEDULED GUARANTEES.md
# Prints TAP.
set -u

enqueue=$1 worker=$2 unique=$3 guarantees=$4
for program in redis-server redis-cli; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done

dir=$(mktemp -d) || exit 1
url=unix://$dir/redis.sock
number=0
worker_pid=

redis-server --port 0 --unixsocket "$dir/redis.sock" --dir "$dir" --save '' --appendonly no \
	>"$dir/redis.log" 2>&1 &
redis_pid=$!

clean_up() {
	[ -z "$worker_pid" ] || kill -9 "$worker_pid" 2>/dev/null
	kill "$redis_pid" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

redis() { redis-cli -s "$dir/redis.sock" "$@"; }

# ok SENTENCE COMMAND…: the sentence holds when the command succeeds.
ok() {
	number=$((number + 1))
	sentence=$1
	shift
	if "$@" >"$dir/why" 2>&1; then
		echo "ok $number - $sentence"
	else
		echo "not ok $number - $sentence"
		sed 's/^/#   /' "$dir/why"
		sed 's/^/#   worker: /' "$dir/worker.out" 2>/dev/null | tail -n 20
	fi
}

# until COMMAND… succeeds, at most 20 seconds.
wait_until() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 400 ] || return 1
		sleep 0.05
	done
}

is() {
	[ "$1" = "$2" ] || {
		echo "is '$1', not '$2'"
		return 1
	}
}

start_worker() {
	"$worker" "$url" >>"$dir/worker.out" 2>&1 &
	worker_pid=$!
}

# The worker's exit status; 1 of it means that handlers still ran.
stop_worker() {
	kill -TERM "$worker_pid"
	wait "$worker_pid"
	status=$?
	worker_pid=
	return "$status"
}

says() { grep -qE "$1" "$dir/worker.out"; }
thumbnails_done() { is "$(grep -cE '^thumbnail .* done$' "$dir/worker.out")" 200; }
exported_once() { is "$(grep -c '^exported 3000 rows' "$dir/worker.out")" 1; }
no_such_keys() { is "$(redis --scan --pattern "$1")" ""; }
in_progress() { redis --scan --pattern 'examples:jobs:export:*:inprogress'; }
in_progress_has_one() { is "$(redis llen "$(in_progress)")" 1; }

echo 1..20
wait_until redis ping

# enqueue.c
ok "enqueue ends well" sh -c "'$enqueue' '$url' >'$dir/enqueue.out'"
ok "it puts what runs now into its queues" \
	is "$(redis llen examples:jobs:send_email) $(redis llen examples:jobs:thumbnail)" "2 100"
ok "ten unique calls make one job" is "$(redis llen examples:jobs:export)" 1
ok "what runs later is scheduled" is "$(redis zcard examples:scheduled)" 2
ok "a time in Unix seconds is the score" \
	is "$(redis zrangebyscore examples:scheduled 4102444800 4102444800 | grep -c century)" 1
ok "a second run is refused what has an id of its own" \
	sh -c "'$enqueue' '$url' | grep -q 'once a day  *waits already'"
ok "and charges once" is "$(redis llen examples:jobs:charge)" 1

# worker.c
start_worker
ok "the worker runs all that waits" wait_until thumbnails_done
ok "an argument and the context reach the handler" \
	wait_until says '^mail to test@example.com for customer 4$'
ok "what was discarded is dead, with its reason" wait_until \
	sh -c "redis-cli -s '$dir/redis.sock' zrange examples:dead 0 -1 | grep -q 'nowhere is not an address'"
ok "a failed job is tried again" \
	wait_until says '^charged 990 cents, after: the card network is busy$'
ok "a unique job runs once" wait_until exported_once
ok "the worker ends well when it is told to" stop_worker
ok "and takes itself off the books" no_such_keys 'examples:worker_pools*'
ok "nothing is left in progress" no_such_keys 'examples:jobs:*:inprogress'

# unique_and_scheduled.c
ok "unique_and_scheduled ends well" sh -c "'$unique' '$url' >'$dir/unique.out'"
ok "it runs four of its eight jobs, the newest revision and in time" is \
	"$(grep ' runs' "$dir/unique.out" | sort | tr '\n' ';')" \
	"clear_cache of front runs;clear_cache of news runs;index of guide runs with revision 3;remind runs: stand up;"

# The recipe in the guarantees for a pool that crashed.
redis lpush examples:jobs:export \
	'{"name":"export","id":"long","t":1425263409,"args":{"rows":1000000000}}' >/dev/null
start_worker
wait_until in_progress_has_one
pool=$(in_progress | sed -e 's/.*:export://' -e 's/:inprogress//')
kill -9 "$worker_pid"
wait "$worker_pid" 2>/dev/null
worker_pid=
ok "the job of a killed worker stays in progress" in_progress_has_one
sed -n '/^<!-- recipe -->$/,/^```$/p' "$guarantees" | sed -e '1,2d' -e '$d' \
	-e 's/^ns=.*/ns=examples/' -e "s/^pool=.*/pool=$pool/" >"$dir/recipe"
printf '#!/bin/sh\nexec %s -s %s "$@"\n' "$(command -v redis-cli)" "$dir/redis.sock" >"$dir/redis-cli"
chmod +x "$dir/redis-cli"
PATH=$dir:$PATH sh "$dir/recipe" >"$dir/recipe.out" 2>&1
ok "the recipe in the guarantees puts it back and releases its lock" is \
	"$(in_progress)/$(redis llen examples:jobs:export)/$(redis get examples:jobs:export:lock)" "/1/0"
ok "and takes the dead pool off the books" no_such_keys 'examples:worker_pools*'
