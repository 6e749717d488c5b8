#!/bin/sh
# Which lines the tests run: a table, and pages in build-coverage/coverage.
set -eu
cd "$(dirname "$0")/.."

tools/setup.sh coverage
build="build-coverage"
tools/build.sh "$build" -Db_coverage=true -Doptimization=0
find "$build" -name '*.gcda' -delete
# The shared library of such a build exports what gcov needs.
tools/run-tests.sh "$build" --no-suite house
mkdir -p "$build"/coverage
gcovr --root . --filter src/ --filter cli/ --object-directory "$build" \
	--html-details "$build"/coverage/index.html --print-summary --txt
