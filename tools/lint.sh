#!/bin/sh
# Static analysis of the tree, with the compile commands of a build folder: lint.sh BUILD
set -u

build=$1
status=0

say() { echo "lint: $*"; }
check() {
	what=$1
	shift
	if ! "$@" >"$build/lint.log" 2>&1; then
		say "$what"
		cat "$build/lint.log"
		status=1
	fi
}

check 'formatting (make format)' sh -c "git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror"
check 'shell scripts' sh -c "git ls-files '*.sh' .ci/run | xargs shellcheck -S warning"
check 'Lua scripts' luacheck --quiet --std lua51 --read-globals redis KEYS ARGV --no-max-line-length src/store/lua
check 'cppcheck' cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	--enable=warning,portability --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
	-I include -I src src cli
# One file per process: a crash of the analyser then names its file.
for file in $(git ls-files 'src/*.c' 'cli/*.c'); do
	check "clang-tidy $file" clang-tidy --quiet --warnings-as-errors='*' -p "$build" "$file"
done
[ "$status" -eq 0 ] && say 'nothing found'
exit "$status"
