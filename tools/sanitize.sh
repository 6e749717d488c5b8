#!/bin/sh
# Build and run the tests under a checker: sanitize.sh asan|tsan|valgrind
set -eu

export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
build=build-$1
case $1 in
asan) set -- -Db_sanitize=address,undefined -Db_lundef=false ;;
tsan) set -- -Db_sanitize=thread -Db_lundef=false ;;
valgrind) set -- ;;
*)
	echo "sanitize: asan, tsan or valgrind" >&2
	exit 2
	;;
esac
tools/setup.sh check
if [ ! -f "$build/build.ninja" ]; then
	meson setup "$build" -Dwerror=true -Doptimization=1 "$@" >/dev/null
fi
ninja -C "$build" --quiet
if [ "$build" = build-valgrind ]; then
	command -v valgrind >/dev/null || {
		echo 'valgrind is not installed: apt install valgrind' >&2
		exit 1
	}
	export CWORK_TEST_SLOW=1
	exec tools/run-tests.sh "$build" --suite unit --suite golden --suite pool --timeout-multiplier 20 \
		--wrap 'valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite'
fi
export CWORK_TEST_SLOW=1
exec tools/run-tests.sh "$build" --timeout-multiplier 8
