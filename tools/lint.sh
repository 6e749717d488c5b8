#!/bin/sh
# Static analysis of the tree, with the compile commands of a build folder: lint.sh BUILD
set -u

build=$1
status=0

# check WHAT COMMAND…: silent when the command is content
check() {
	what=$1
	shift
	if ! "$@" >"$build/lint.log" 2>&1; then
		echo "lint: $what"
		cat "$build/lint.log"
		status=1
	fi
}

# shellcheck disable=SC2317 # check() calls them
formatted() { git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror; }
# shellcheck disable=SC2317
shell_is_clean() { git ls-files '*.sh' .ci/run | xargs shellcheck; }

# One file per process: a crash of the analyser then names its file. The commands are gcc's: clang
# wants one flag of them spelled otherwise.
# shellcheck disable=SC2317
tidy() {
	git ls-files 'src/*.c' 'cli/*.c' | xargs -P 2 -n 1 clang-tidy --quiet --warnings-as-errors='*' \
		--extra-arg=-ftrivial-auto-var-init=uninitialized -p "$build"
}

check 'formatting (make format)' formatted
check 'shell scripts' shell_is_clean
check 'Lua scripts' luacheck --quiet --std lua51 --read-globals redis KEYS ARGV --no-max-line-length src/store/lua
check 'cppcheck' cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	--enable=warning,portability --suppress=missingIncludeSystem --suppress=varFuncNullUB --suppress=normalCheckLevelMaxBranches \
	-I include -I src src cli
check 'clang-tidy' tidy
[ "$status" -eq 0 ] && echo 'lint: nothing found'
exit "$status"
