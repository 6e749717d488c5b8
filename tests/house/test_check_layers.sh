#!/bin/sh
# The layer check sees what it is there for: test_check_layers.sh SOURCE_ROOT. Prints TAP.
# Each test puts one offence into a copy of the tree.
set -u

root=$1
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
for part in src include cli examples tests tools; do
	mkdir "$tree/$part"
	(cd "$root/$part" && find . -name '*.[ch]' -o -name '*.lua' | tar -cf - -T -) | tar -xf - -C "$tree/$part"
done
number=0

result() {
	number=$((number + 1))
	echo "$1 $number - $2"
}

# sees SENTENCE FILE LINE: with LINE at the end of FILE, the check says that SENTENCE does not hold
sees() {
	kept=
	[ ! -e "$tree/$2" ] || kept=$(cat "$tree/$2" && echo .)
	mkdir -p "$(dirname "$tree/$2")"
	printf '%s\n' "$3" >>"$tree/$2"
	"$root/tools/check-layers.sh" "$tree" >"$tree/said"
	if grep -q "^not ok [0-9]* - $1" "$tree/said"; then
		result ok "seen: $3 in $2"
	else
		sed 's/^/# /' "$tree/said"
		result 'not ok' "seen: $3 in $2"
	fi
	if [ -n "$kept" ]; then printf '%s' "${kept%.}" >"$tree/$2"; else rm "$tree/$2"; fi
}

if "$root/tools/check-layers.sh" "$tree" >"$tree/said" && ! grep -q '^not ok' "$tree/said"; then
	result ok 'nothing is seen in the tree as it is'
else
	sed 's/^/# /' "$tree/said"
	result 'not ok' 'nothing is seen in the tree as it is'
fi

sees 'base includes' src/base/clock.c '#include "redis/conn.h"'
sees 'redis includes' src/redis/conn.h '#include "store/keys.h"'
sees 'job includes' src/job/json.c '#include "redis/reply.h"'
sees 'store includes' src/store/keys.c '#include "pool/pool.h"'
sees 'enqueue includes' src/enqueue/enqueuer.c '#include "pool/pool.h"'
sees 'pool includes' src/pool/pool.c '# include "enqueue/new_job.h"'
sees 'client includes' src/client/client.c '#include "enqueue/new_job.h"'
sees 'pool includes' src/pool/pool.c '#include "scripts.h"'
sees 'src has no other layers' src/extra/extra.c 'int extra;'
sees 'programs and examples' cli/main.c '#include "base/arena.h"'
sees 'programs and examples' examples/worker.c '#include "../src/base/arena.h"'
sees 'public headers' include/cwork/job.h '#include "job/json.h"'
sees 'public headers' include/cwork/job.h '#include <pthread.h>'
sees 'one file knows hiredis' src/redis/url.c '#include <hiredis/read.h>'
sees 'only src/redis knows hiredis' src/pool/pool.h '#include <hiredis.h>'
sees 'only the store spells keys' src/pool/pool.c 'const char *k = "work:jobs:x";'
sees 'only the store spells keys' cli/main.c 'const char *k = ":inprogress";'
sees 'no script spells a key' src/store/lua/ack.lua "redis.call('DEL', 'work:jobs:x')"
sees 'no function that overruns' src/job/json.c '	strcpy(a, b);'
sees 'no function that overruns' cli/main.c '	x = atoi(text);'
sees 'no function in the library that keeps state' src/job/id.c '	localtime(&t);'
sees 'the library does not print' src/pool/run.c '	printf("x");'
sees 'the library does not print' src/pool/run.c '	exit(1);'
sees 'the library reads the environment' src/redis/url.c '	getenv("HOME");'
sees 'the library leaves signal handlers' src/redis/conn.c '	sigaction(SIGPIPE, &a, NULL);'
sees 'no file is named for nothing' src/base/string_utils.h '/* Odds and ends. */'
echo "1..$number"
