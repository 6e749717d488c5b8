#!/bin/sh
# The layers of the house, as tests (TAP): each includes only what is left of it.
#
#	base <- redis <- job <- store <- { enqueue, pool, client } <- include/cwork <- { cli, web }
#
# Everywhere the public headers may be included for their types. Run from
# anywhere: check-layers.sh [source root]
set -u
export LC_ALL=C

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

# The lines of files, without comments and string literals, as FILE:LINE:TEXT.
code() {
	awk '
		FNR == 1 { comment = 0 }
		{
			line = $0
			gsub(/\\["\\]/, "", line)
			if (line !~ /^#include/)
				gsub(/"[^"]*"/, "\"\"", line)
			while (1) {
				if (comment) {
					end = index(line, "*/")
					if (!end) { line = ""; break }
					line = substr(line, end + 2)
					comment = 0
				}
				start = index(line, "/*")
				if (!start) break
				rest = substr(line, start + 2)
				end = index(rest, "*/")
				if (end) { line = substr(line, 1, start - 1) " " substr(rest, end + 2) }
				else { line = substr(line, 1, start - 1); comment = 1; break }
			}
			if (line ~ /[^ \t]/) print FILENAME ":" FNR ":" line
		}' "$@"
}

# calls FUNCTION|FUNCTION…: of the lines of code() that are read, those that call one of them
calls() { grep -E ":.*(^|[^_A-Za-z0-9.>])($1)\("; }

# layer NAME ALLOWED…: src/NAME includes only these directories and itself
layer() {
	name=$1
	shift
	allowed=$name
	for other in "$@"; do allowed="$allowed|$other"; done
	report "$name includes only itself, the public headers${*:+ and} $*" \
		"$(grep -nE '^[ 	]*#[ 	]*include[ 	]*"' src/"$name"/*.[ch] | grep -vE "\"($allowed)/[a-z0-9_]+\.h\"" |
			if [ "$name" = store ]; then grep -v '"scripts\.h"'; else cat; fi)"
}

layers='base redis job store enqueue pool client'
layer base
layer redis base
layer job base
layer store base redis job
layer enqueue base redis job store
layer pool base redis job store
layer client base redis job store
report 'src has no other layers' "$(for folder in src/*/; do
	case " $layers " in
	*" $(basename "$folder") "*) [ -n "$(ls "$folder"*.c)" ] || echo "$folder is empty" ;;
	*) echo "$folder" ;;
	esac
done)"
outside=$(for folder in cli web examples; do [ ! -d $folder ] || find $folder -name '*.[ch]'; done)
# shellcheck disable=SC2086 # a list of files
report 'programs and examples see the public headers only' "$({
	grep -nE "^[ 	]*#[ 	]*include.*[<\"/](src|$(echo $layers | tr ' ' '|'))/" $outside
	grep -nE '^[ 	]*#[ 	]*include[ 	]*<cwork/' $outside | grep -vE '<cwork/[a-z]+\.h>'
})"
report 'public headers include public headers and the language only' "$(
	grep -nE '^[ 	]*#[ 	]*include' include/cwork/*.h |
		grep -vE '<((cwork/[a-z]+|std(arg|bool|def|int)|time)\.h|initializer_list)>')"
# shellcheck disable=SC2086
report 'one file knows hiredis' \
	"$(grep -lE 'include.*(hiredis|<read\.h>|<sds\.h>)' src/*/*.[ch] include/cwork/*.h $outside | sed 1d)"
report 'only src/redis knows hiredis' \
	"$(grep -lE 'include.*(hiredis|<read\.h>|<sds\.h>)' src/*/*.[ch] include/cwork/*.h | grep -v '^src/redis/')"
# What a key is made of may be named to a person, in an error; never in front of a colon or behind one.
# shellcheck disable=SC2046,SC2086
report 'only the store spells keys' "$(
	grep -nE '"[^" ]*(jobs:|:inprogress|:lock|:paused|:max_concurrency|unique:|worker:|worker_pools|known_jobs:|periodic_enqueue)[^" ]*"' \
		$(find src -path src/store -prune -o -name '*.[ch]' -print) $outside |
		grep -vE '^src/pool/wake\.c:.*\bgates\[\]')"
report 'no script spells a key' "$(
	grep -nE "['\"][^'\"]*(jobs:|inprogress|known_jobs|worker_pools|worker:|unique:|:lock|:paused)" src/store/lua/*.lua)"
# shellcheck disable=SC2086
report 'no function that overruns or depends on the locale' "$(
	code src/*/*.[ch] $outside | calls \
		'strcpy|stpcpy|strcat|v?sprintf|gets|ato[ifl]|atoll|alloca|setlocale|system|popen|tmpnam|tempnam|mktemp|gethostbyname|signal')"
report 'no function in the library that keeps state for all threads' "$(
	code src/*/*.[ch] | calls 'strtok|localtime|gmtime|[ac]time|s?rand|s?random|strerror|setenv|putenv|unsetenv')"
report 'the library does not print, exit or abort' "$(
	code src/*/*.c | calls 'printf|puts|putchar|putc|perror|v?fprintf|fputs|v?dprintf|v?syslog|exit|abort|err|errx|warnx?' |
		grep -vE '^src/base/random\.c:.*abort|^src/redis/guardian\.c:')"
report 'the library reads the environment only to find its private server' "$(
	code src/*/*.c | calls 'getenv|secure_getenv' | grep -vE '^src/redis/(private_dir|embedded)\.c:')"
report 'the library leaves signal handlers alone, but while a pool runs until a signal' "$(
	code src/*/*.c | calls 'sigaction|signalfd|sigprocmask' | grep -vE '^src/redis/guardian\.c:|^src/pool/lifecycle\.c:')"
report 'no file is named for nothing in particular' "$(
	find src include cli tests -name '*.[ch]' | grep -E '/([a-z_]*_)?(utils?|common|misc|helpers?|manager)\.[ch]$')"
echo "1..$number"
[ "$failures" -eq 0 ]
