#!/bin/sh
# Figures of one run on one machine, beside other systems: run.sh BUILD [quick] [--json]
# Medians of interleaved rounds, all on private servers. Machines vary, also with time: what counts
# is ratios. docs/performance.md says what is measured, and what limits it.
set -eu

build=
rounds=3 jobs=300000 off_jobs=60000 peer_jobs=20000 slow_jobs=2000 calls=20000
alone=300 herd=600 idle_s=10
json=0
for word in "$@"; do
	case $word in
	quick)
		rounds=1 jobs=100000 off_jobs=30000 peer_jobs=5000 slow_jobs=500 calls=5000
		alone=100 herd=200 idle_s=4
		;;
	--json) json=1 ;;
	*) build=$word ;;
	esac
done
if [ ! -x "$build/bench/gocraft_way" ]; then
	echo 'usage: bench/run.sh BUILD [quick] [--json]   (BUILD is a folder that was built in)' >&2
	exit 2
fi
here=$(dirname "$0")
cwork=$build/cwork
[ -x "$cwork" ] || cwork=$build/cli/cwork
programs=$build/bench
folder=$(mktemp -d /tmp/cwork-bench-XXXXXX)
figures=$folder/figures
servers=
clean_up() {
	for pid in $servers; do kill "$pid" 2>/dev/null || true; done
	for pid in $servers; do wait "$pid" 2>/dev/null || true; done
	rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

has() { command -v "$1" >/dev/null; }
say() { if [ -t 2 ]; then echo "bench: $*" >&2; fi; }
machine() {
	echo "$(nproc) cores, Redis $(redis-server --version | sed -E 's/.* v=([0-9.]+).*/\1/'), load" \
		"$(cut -d' ' -f1 /proc/loadavg) before; medians, rounds: $rounds"
}

# --- servers ---

wait_for() {
	for _ in $(seq 100); do
		if "$@" >/dev/null 2>&1; then return; fi
		sleep 0.05
	done
	echo "bench: no answer to $*" >&2
	exit 1
}

# redis NAME OPTIONS…: a private Redis on $folder/NAME and on a free port, left in $port
redis() {
	name=$1
	shift
	mkdir "$folder/$name.data"
	port=$(free_port)
	redis-server --unixsocket "$folder/$name" --bind 127.0.0.1 --port "$port" --save '' \
		--dir "$folder/$name.data" "$@" >/dev/null &
	servers="$servers $!"
	wait_for redis-cli -s "$folder/$name" ping
}
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
empty() {
	for name in plain aof; do redis-cli -s "$folder/$name" flushall >/dev/null; done
}

# --- figures ---
# A function's variables are everybody's: one that calls another has names of its own.

# add SECTION ROW COLUMN VALUE [COLUMN VALUE]…
add() {
	section=$1 row=$2
	shift 2
	while [ $# -gt 1 ]; do
		printf '%s\t%s\t%s\t%s\n' "$section" "$row" "$1" "$2" >>"$figures"
		shift 2
	done
}

# add_rate SECTION ROW "JOBS_PER_S CLIENT_US SERVER_US"
add_rate() {
	rate_of=$1 rate_row=$2
	# shellcheck disable=SC2086 # three words
	set -- $3
	add "$rate_of" "$rate_row" jobs/s "$1" 'client µs' "$2" 'server µs' "$3"
}

# field JSON NAME
field() { echo "$1" | sed -E "s/.*\"$2\":([0-9.]+).*/\1/"; }

# with_cwork SECTION ROW URL JOBS OPTIONS…: enqueue in bulk, then run; the pool's start is counted
with_cwork() {
	about=$1 what=$2 at=$3 many=$4
	shift 4
	out=$(timeout 120 "$cwork" -r "$at" --json bench --jobs "$many" "$@")
	add_rate "$about" "$what" "$(field "$out" jobs_per_s) $(echo "$(field "$out" cpu_seconds)" \
		"$(field "$out" redis_cpu_seconds) $many" | awk '{ print $1 / $3 * 1e6, $2 / $3 * 1e6 }')"
	empty
}

with_gocraft_way() { # SECTION URL CONCURRENCY
	add "$1" 'the gocraft way, in C' kind reference
	add_rate "$1" 'the gocraft way, in C' "$(timeout 120 "$programs/gocraft_way" "$2" "$peer_jobs" "$3")"
	empty
}

# --- peers: installed or not, each has its row ---

# peer SECTION LABEL COMMAND…
peer() {
	about=$1 label=$2
	shift 2
	add "$about" "$label" kind peer
	if out=$(timeout 60 "$@" 2>"$folder/stderr"); then
		add_rate "$about" "$label" "$out"
	else
		add "$about" "$label" note "failed: $(tail -n 1 "$folder/stderr")"
	fi
	empty
}
missing() { add "$1" "$2" kind peer note "not installed ($3)"; }

# Into a folder of this run only.
install_bullmq() {
	has node && has npm && say 'fetching BullMQ' &&
		timeout 60 npm install --prefix "$folder/npm" --ignore-scripts --no-audit --no-fund \
			--silent bullmq@6.7.0 ioredis@5 >/dev/null 2>&1
}

# Debian's, which another python3 in the path does not see.
python_with_rq() {
	for python in /usr/bin/python3 python3; do
		if "$python" -c 'import rq' 2>/dev/null; then
			echo "$python"
			return
		fi
	done
}

start_beanstalkd() {
	has beanstalkd || return 0
	beanstalkd -l "unix:$folder/beanstalkd" &
	servers="$servers $!"
	wait_for test -S "$folder/beanstalkd"
}

with_peers() { # SECTION
	if has ruby && has sidekiq; then
		REDIS_URL=unix://$folder/plain peer "$1" "Sidekiq $(sidekiq --version | sed 's/[^0-9.]//g')" \
			ruby "$here/peers/sidekiq.rb" "$peer_jobs" 10
	else
		missing "$1" Sidekiq 'apt install ruby-sidekiq'
	fi
	if [ -d "$folder/npm/node_modules/bullmq" ]; then
		NODE_PATH=$folder/npm/node_modules peer "$1" 'BullMQ 6.7.0' \
			node "$here/peers/bullmq.js" "$folder/plain" "$peer_jobs" 10
	else
		missing "$1" BullMQ 'apt install nodejs npm; needs the npm registry'
	fi
	if [ -S "$folder/beanstalkd" ]; then
		peer "$1" "$(beanstalkd -v), in memory" \
			"$programs/beanstalkd_peer" "$folder/beanstalkd" "$peer_jobs" 10
	else
		missing "$1" beanstalkd 'apt install beanstalkd'
	fi
	if [ -n "$rq_python" ]; then
		peer "$1" "RQ $("$rq_python" -c 'import rq; print(rq.VERSION)'), SimpleWorker" \
			"$rq_python" "$here/peers/rq.py" "$folder/plain" "$slow_jobs" 10
	else
		missing "$1" RQ 'apt install python3-rq'
	fi
}

# --- what is measured ---

measure_rates() { # CONCURRENCY
	for persistence in plain aof; do
		case $persistence in
		plain) kept='no persistence' port=$plain_port ;;
		aof) kept='AOF everysec' port=$aof_port ;;
		esac
		for url in "unix://$folder/$persistence" "127.0.0.1:$port"; do
			case $url in
			unix*) title="$1 workers, unix socket, $kept" ;;
			*) title="$1 workers, TCP, $kept" ;;
			esac
			with_cwork "$title" 'cwork' "$url" "$jobs" --concurrency "$1"
			with_cwork "$title" 'cwork, prefetch off' "$url" "$off_jobs" --concurrency "$1" \
				--prefetch off
			case $title in
			*unix*AOF*)
				with_cwork "$title" 'cwork, embedded:' "embedded:$folder/embedded" "$jobs" \
					--concurrency "$1"
				;;
			esac
			with_gocraft_way "$title" "$url" "$1"
			case $title in
			"10 workers, unix socket, no persistence") with_peers "$title" ;;
			esac
		done
	done
}

measure_enqueuing() {
	for persistence in plain aof; do
		out=$(timeout 120 "$cwork" -r "unix://$folder/$persistence" --json bench --jobs "$jobs")
		case $persistence in
		plain) row='in bulk, no persistence' ;;
		aof) row='in bulk, AOF everysec' ;;
		esac
		add 'Enqueuing, unix socket' "$row" jobs/s "$(field "$out" enqueue_per_s)"
		empty
	done
	for kind in cwork lpush; do
		case $kind in
		cwork) row='one call at a time, cwork' ;;
		lpush) row='one call at a time, LPUSH by hiredis' ;;
		esac
		add_rate 'Enqueuing, unix socket' "$row" "$(timeout 120 "$programs/enqueue_one" "unix://$folder/plain" $kind "$calls")"
		empty
	done
}

# pick_up SECTION ROW SENDER POOLS CONCURRENCY JOBS RATE
pick_up() {
	about=$1 what=$2
	shift 2
	# shellcheck disable=SC2046 # three words
	set -- $(timeout 120 "$programs/pickup" "unix://$folder/plain" "$@")
	add "$about" "$what" 'p50 µs' "$1" 'p99 µs' "$2" 'Redis CPU %' "$3"
	empty
}

measure_pick_up() {
	pick_up 'Pick-up by an idle pool, 50 jobs/s' 'from our enqueuer' cwork 1 10 "$alone" 50
	pick_up 'Pick-up by an idle pool, 50 jobs/s' "from another client's LPUSH" lpush 1 10 "$alone" 50
	for pools in 1 10 50; do
		pick_up 'Herd: LPUSH, 200 jobs/s' "$pools idle pools of 2" lpush $pools 2 "$herd" 200
	done
}

measure_idle() {
	# shellcheck disable=SC2046 # four words
	set -- $(timeout 120 "$programs/idle" "unix://$folder/plain" 10 "$idle_s")
	add 'Idle pool of 10' 'commands to Redis and memory' commands/s "$1" 'in scripts/s' \
		"$(echo "$2 $1" | awk '{ print $1 - $2 }')" 'resident kB' "$3" 'anon. kB' "$4"
	empty
}

measure_backlog() {
	for queued in 1000 100000 1000000; do
		add_rate 'By jobs queued at the start' "$queued" \
			"$(timeout 120 "$programs/backlog" "unix://$folder/plain" $queued "$jobs")"
		empty
	done
}

machine=$(machine)
redis plain
plain_port=$port
redis aof --appendonly yes --appendfsync everysec
aof_port=$port
start_beanstalkd
install_bullmq || true
rq_python=$(python_with_rq)
round=0
while [ $round -lt $rounds ]; do
	round=$((round + 1))
	say "round $round of $rounds"
	measure_rates 10
	measure_rates 20
	measure_enqueuing
done
say 'idle pools'
measure_pick_up
measure_idle
say 'backlogs'
measure_backlog
awk -v json=$json -v machine="$machine" -f "$here/report.awk" "$figures"
