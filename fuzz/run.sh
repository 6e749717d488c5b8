#!/bin/sh
# Run each fuzzer for a while: SECONDS_EACH=60 fuzz/run.sh
# Fails when one finds something: the input stands in build-fuzz/; add it to
# fuzz/corpus once what it shows is mended.
set -u
cd "$(dirname "$0")/.." || exit 1

build="build-fuzz"
CC=clang tools/build.sh $build -Dtests=true -Db_sanitize=address,undefined -Db_lundef=false \
	-Dc_args=-fsanitize=fuzzer-no-link || exit 1
status=0
for corpus in fuzz/corpus/*/; do
	name=$(basename "$corpus")
	ninja -C $build --quiet "fuzz/fuzz_$name" || exit 1
	mkdir -p "$build/found-$name"
	if "$build/fuzz/fuzz_$name" -max_total_time="${SECONDS_EACH:-60}" -print_final_stats=1 \
		-artifact_prefix="$build/$name-" "$build/found-$name" "$corpus" >"$build/fuzz-$name.log" 2>&1; then
		echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz-$name.log") inputs, nothing found"
	else
		tail -n 40 "$build/fuzz-$name.log"
		echo "$name: FAILED"
		status=1
	fi
done
exit $status
