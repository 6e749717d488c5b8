#!/bin/sh
# Figures of one run on one machine, beside other systems: bench/run.sh BUILD [quick]
# Medians of interleaved rounds. Only ratios count: machines vary, also with time.
set -eu

build=$1
rounds=3 jobs=100000 peer_jobs=20000 latency=300 herd_jobs=400
if [ "${2:-}" = quick ]; then rounds=1 jobs=50000 peer_jobs=5000 latency=100 herd_jobs=100; fi
cwork=$build/cwork
folder=$(mktemp -d /tmp/cwork-bench-XXXXXX)
servers=
cleanup() {
	for pid in $servers; do kill "$pid" 2>/dev/null || true; done
	for pid in $servers; do wait "$pid" 2>/dev/null || true; done
	rm -rf "$folder"
}
trap cleanup EXIT

# server NAME OPTIONS…: a private Redis on $folder/NAME
server() {
	name=$1
	shift
	mkdir "$folder/$name.data"
	redis-server --unixsocket "$folder/$name" --save '' --dir "$folder/$name.data" "$@" >/dev/null &
	servers="$servers $!"
	while ! redis-cli -s "$folder/$name" ping >/dev/null 2>&1; do sleep 0.05; done
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# of JSON FIELD
of() { echo "$1" | sed -E "s/.*\"$2\":([0-9.]+).*/\1/"; }
row() { printf '  %-44s %10s  %s\n' "$1" "$2" "${3:-}"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.1fx the gocraft way", a / b }'; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null || echo 17321)
server plain --port 0
server tcp --port "$port" --bind 127.0.0.1
server aof --port 0 --appendonly yes --appendfsync everysec

measure() { # NAME URL OPTIONS…: one round, appended to $folder/NAME.rates
	name=$1 url=$2
	shift 2
	json=$("$cwork" -r "$url" --json bench --jobs "$jobs" "$@")
	of "$json" jobs_per_s >>"$folder/$name.rates"
	of "$json" enqueue_per_s >>"$folder/$name.enqueue"
	of "$json" cpu_seconds >>"$folder/$name.cpu"
	of "$json" redis_cpu_seconds >>"$folder/$name.redis_cpu"
}

round=0
while [ $round -lt $rounds ]; do
	round=$((round + 1))
	for c in 10 20; do
		measure "plain.$c" "unix://$folder/plain" --concurrency $c
		measure "off.$c" "unix://$folder/plain" --concurrency $c --prefetch off
		measure "tcp.$c" "127.0.0.1:$port" --concurrency $c
		measure "aof.$c" "unix://$folder/aof" --concurrency $c
		measure "embedded.$c" "embedded:$folder/embedded" --concurrency $c
		"$build/bench/gocraft_way" "$folder/plain" "$peer_jobs" $c >>"$folder/gocraft.$c.rates"
		redis-cli -s "$folder/plain" flushall >/dev/null
	done
	if command -v sidekiq >/dev/null && command -v ruby >/dev/null; then
		REDIS_URL=unix://$folder/plain ruby bench/peers/sidekiq.rb "$peer_jobs" 10 \
			>>"$folder/sidekiq.rates" 2>/dev/null || true
		redis-cli -s "$folder/plain" flushall >/dev/null
	fi
done

for c in 10 20; do
	go=$(median <"$folder/gocraft.$c.rates")
	echo "Jobs a second, no-op jobs over 5 queues, concurrency $c"
	for kind in plain tcp embedded aof off; do
		rate=$(median <"$folder/$kind.$c.rates")
		case $kind in
		plain) label='cwork, unix socket, no persistence' ;;
		tcp) label='cwork, TCP, no persistence' ;;
		embedded) label='cwork, embedded (AOF everysec)' ;;
		aof) label='cwork, unix socket, AOF everysec' ;;
		off) label='cwork, prefetch off' ;;
		esac
		row "$label" "$rate" "$(ratio "$rate" "$go")"
	done
	row "the gocraft way, in C (no persistence)" "$go"
	if [ $c -eq 10 ]; then
		if [ -s "$folder/sidekiq.rates" ]; then
			rate=$(median <"$folder/sidekiq.rates")
			row 'Sidekiq' "$rate" "$(ratio "$rate" "$go")"
		else
			row 'Sidekiq' 'not installed' '(apt install ruby-sidekiq)'
		fi
	fi
done
echo 'Enqueuing, jobs a second'
row 'thousands in a round trip' "$(median <"$folder/plain.10.enqueue")"
for _ in 1 2 3; do "$build/bench/enqueue_one" "unix://$folder/plain" 20000; done >"$folder/one.rates"
row 'one call at a time, one thread' "$(median <"$folder/one.rates")"
echo 'CPU, µs a job (concurrency 10, default)'
row 'in the pool' "$(awk -v n="$jobs" '{ s += $1 } END { printf "%.2f", s / NR * 1e6 / n }' "$folder/plain.10.cpu")"
row 'in Redis' "$(awk -v n="$jobs" '{ s += $1 } END { printf "%.2f", s / NR * 1e6 / n }' "$folder/plain.10.redis_cpu")"
echo "Pick-up by an idle pool, µs ($latency jobs at random moments)"
json=$("$cwork" -r "unix://$folder/plain" --json bench --jobs 1000 --latency $latency)
row 'from our enqueuer, p50 / p99' "$(of "$json" p50) / $(of "$json" p99)"
echo 'Idle pools on one Redis, a plain LPUSH 200 times a second: µs p50 p99, Redis CPU %'
for pools in 1 10 50; do
	redis-cli -s "$folder/plain" flushall >/dev/null
	row "$pools" "$("$build/bench/idle_pools" "$folder/plain" $pools $herd_jobs 200)"
done
echo 'Jobs a second by the number of jobs queued'
for n in 1000 100000 1000000; do
	json=$("$cwork" -r "unix://$folder/plain" --json bench --jobs $n)
	row "$n" "$(of "$json" jobs_per_s)" "$(of "$json" peak_rss_kb) kB at most"
done
