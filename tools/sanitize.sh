#!/bin/sh
# Build and run the tests under a checker: sanitize.sh asan|tsan|valgrind
set -eu
cd "$(dirname "$0")/.."

what=${1:-}
build=build-$what
export CWORK_TEST_SLOW=1
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

# ready TARGET OPTION…: the build folder, with these options of meson
ready() {
	tools/setup.sh "$1"
	shift
	tools/build.sh "$build" -Dwerror=true -Doptimization=1 "$@"
}

case $what in
asan)
	ready check -Db_sanitize=address,undefined -Db_lundef=false
	tools/run-tests.sh "$build" --timeout-multiplier 8
	;;
tsan)
	ready check -Db_sanitize=thread -Db_lundef=false
	tools/run-tests.sh "$build" --timeout-multiplier 8
	;;
valgrind)
	# Variables that the compiler sets to zero would hide what valgrind is to find.
	ready valgrind -Dhardening=false
	tools/run-tests.sh "$build" --timeout-multiplier 20 --setup valgrind \
		--suite unit --suite golden --suite fuzz --suite integration --suite torture
	;;
*)
	echo 'sanitize: asan, tsan or valgrind' >&2
	exit 2
	;;
esac
