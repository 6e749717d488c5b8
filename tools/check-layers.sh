#!/bin/sh
# The layers of the house, as tests (TAP): each includes only what is left of it.
#
#	base <- redis <- job <- store <- { enqueue, pool, client } <- include/cwork <- { cli, web }
#
# Run from anywhere: check-layers.sh [source root]
set -u

root=${1:-$(dirname "$0")/..}
cd "$root" || exit 1
number=0 failures=0

# report NAME LINES: LINES (found offences) must be empty
report() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		failures=$((failures + 1))
		echo "$2" | sed 's/^/# /'
		echo "not ok $number - $1"
	fi
}

# layer NAME ALLOWED…: src/NAME includes only these directories and itself
layer() {
	name=$1
	shift
	allowed=$name
	for other in "$@"; do allowed="$allowed|$other"; done
	report "$name includes only: $*" "$(grep -nE '^#include "' src/"$name"/*.[ch] |
		grep -vE "#include \"(($allowed)/[a-z0-9_]+\.h|scripts\.h)\"")"
}

layer base
layer redis base
layer job base
layer store base redis job
layer enqueue base redis job store
layer pool base redis job store
layer client base redis job store
report 'programs and examples see the public headers only' \
	"$(grep -nE '^#include "(base|redis|job|store|enqueue|pool|client)/' cli/*.[ch] examples/*.c)"
report 'public headers include public headers only' \
	"$(grep -nE '^#include "' include/cwork/*.h)"
report 'one file knows hiredis' \
	"$(grep -lE '#include <(hiredis/)?(hiredis|read)\.h>' src/*/*.[ch] cli/*.[ch] | sed 1d)"
report 'only the store spells keys' \
	"$(grep -nE '"[^"]*(:inprogress|:max_concurrency|:lock_info|known_jobs|worker_pools|last_periodic_enqueue)' \
		src/base/*.c src/redis/*.c src/job/*.c src/enqueue/*.c src/pool/*.c src/client/*.c cli/*.c |
		grep -vE '"(known_jobs|:max_concurrency)"')"
report 'no script spells a key' \
	"$(grep -nE "'[^']*(inprogress|known_jobs|worker_pools|jobs:|unique:)" src/store/lua/*.lua)"
report 'no banned function in the library' \
	"$(grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|alloca|setenv|putenv|setlocale|localtime|gmtime|ctime|rand|srand|system|popen)\(' src/*/*.[ch])"
report 'the library does not print, exit or handle signals' \
	"$(grep -nE '(^|[^_a-z])(printf|puts|perror|exit|signal|sigaction)\(' src/*/*.c | grep -vE '^src/redis/guardian')"
report 'no file is named for nothing in particular' \
	"$(git ls-files 2>/dev/null | grep -E '/(util|utils|common|misc|helper|helpers|manager)\.[ch]$')"
echo "1..$number"
[ "$failures" -eq 0 ]
