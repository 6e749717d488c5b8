#!/bin/sh
# Run each fuzzer for a while: SECONDS_EACH=60 fuzz/run.sh
# What it finds stands in build-fuzz/; add it to fuzz/corpus once it is mended.
set -eu
cd "$(dirname "$0")/.."

command -v clang >/dev/null || {
	echo 'fuzzing needs clang: apt install clang libclang-rt-14-dev' >&2
	exit 1
}
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Db_sanitize=address,undefined \
	-Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
for name in envelope canonical url; do
	ninja -C build-fuzz --quiet "fuzz/fuzz_$name"
	mkdir -p "build-fuzz/found-$name"
	echo "== $name"
	"build-fuzz/fuzz/fuzz_$name" -max_total_time="${SECONDS_EACH:-60}" -print_final_stats=1 \
		-artifact_prefix=build-fuzz/ "build-fuzz/found-$name" "fuzz/corpus/$name" 2>&1 |
		grep -E '^(stat::number_of_executed_units|stat::new_units|==|SUMMARY|artifact)' || true
done
