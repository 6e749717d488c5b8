#!/bin/sh
# Each public header stands alone, as C99, C11 and C++, for every compiler there is: test_headers.sh INCLUDE
set -u

include=$1
number=0
file=$(mktemp) || exit 1
trap 'rm -f "$file" "$file.log"' EXIT

compile() {
	compiler=$1 language=$2 standard=$3
	command -v "$compiler" >/dev/null || return 0
	for header in "$include"/cwork/*.h; do
		name=$(basename "$header")
		number=$((number + 1))
		printf '#include <cwork/%s>\nint x;\n' "$name" >"$file"
		if "$compiler" -x "$language" "-std=$standard" -Wall -Wextra -pedantic -Werror \
			-fsyntax-only -I "$include" "$file" 2>"$file.log"; then
			echo "ok $number - $name as $standard with $compiler"
		else
			sed 's/^/# /' "$file.log"
			echo "not ok $number - $name as $standard with $compiler"
		fi
	done
	number=$((number + 1))
	cat >"$file" <<-'C'
		#include <cwork/cwork.h>
		int enqueue(cwork_enqueuer *q);
		int enqueue(cwork_enqueuer *q)
		{
			return cwork_enqueue(q, "n", CWORK_ARGS(cwork_int("a", 1), cwork_str("b", "c")), 0, 0) +
			       cwork_enqueue(q, "n", CWORK_ARGS(), 0, 0) + cwork_enqueue(q, "n", CWORK_NO_ARGS, 0, 0);
		}
	C
	if "$compiler" -x "$language" "-std=$standard" -Wall -Wextra -Werror -fsyntax-only \
		-I "$include" "$file" 2>"$file.log"; then
		echo "ok $number - arguments as $standard with $compiler"
	else
		sed 's/^/# /' "$file.log"
		echo "not ok $number - arguments as $standard with $compiler"
	fi
}

compile gcc c c99
compile gcc c c11
compile g++ c++ c++11
compile clang c c99
compile clang c c11
compile clang++ c++ c++11
echo "1..$number"
