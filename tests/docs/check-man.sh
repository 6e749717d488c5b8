#!/bin/sh
# What the man pages promise: check-man.sh SOURCE_ROOT. Prints TAP.
set -u

cd "$1" || exit 1
export LC_ALL=C
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0

# The lines of FILE are what is wrong; none: the sentence holds.
report() {
	number=$((number + 1))
	if [ -s "$2" ]; then
		echo "not ok $number - $1"
		sed 's/^/#   /' "$2"
	else
		echo "ok $number - $1"
	fi
}

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

functions() {
	cat include/cwork/*.h | grep -o '^CWORK_API [^(]*(' | sed -e 's/($//' -e 's/.*[ *]//'
}

pages() {
	for page in docs/man/*.scd; do
		basename "$page" .scd
	done
}

# The text of one section of a page.
section() {
	awk -v wanted="# $2" '/^# / { inside = $0 == wanted; next } inside' "docs/man/$1.scd"
}

# The code of a section, as it reads once scdoc has taken its backslashes.
code() {
	section "$1" "$2" | awk '/^```$/ { inside = !inside; next } inside' | sed 's/\\\\/\\/g'
}

# C on one line, without comments and export macros.
flatten() {
	tr '\n\t' '  ' |
		sed -E -e 's,/\*([^*]|\*+[^*/])*\*+/,,g' -e 's/ CWORK_PRINTF\([^)]*\)//g' |
		tr -s ' '
}

page_of() {
	if [ -f "docs/man/$1.3.scd" ]; then
		echo "$1.3"
	else
		sed -n "s/^$1 \(.*\)/\1.3/p" docs/man/links
	fi
}

echo 1..10

functions | sort -u >"$dir/functions"
{
	pages | sed -n 's/\.3$//p'
	cut -d ' ' -f 1 docs/man/links
} | sort >"$dir/documented"
{
	[ -s "$dir/functions" ] || echo "found no function in the headers"
	comm -23 "$dir/functions" "$dir/documented"
} >"$dir/wrong"
report "every public function has a page or a link" "$dir/wrong"

{
	uniq -d "$dir/documented"
	grep '^cwork_' "$dir/documented" | grep -v '^cwork_error$' | comm -13 "$dir/functions" -
} >"$dir/wrong"
report "every page and link is of one public function" "$dir/wrong"

while read -r link page; do
	[ -f "docs/man/$page.3.scd" ] || echo "$link: no page $page"
	section "$page.3" NAME | tr ',' ' ' | tr ' ' '\n' | grep -qx "$link" ||
		echo "$link: not in the NAME of $page"
done <docs/man/links >"$dir/wrong"
report "every link leads to a page that names it" "$dir/wrong"

for page in $(pages | grep '\.3$'); do
	for title in NAME SYNOPSIS DESCRIPTION 'RETURN VALUE' ERRORS THREADS EXAMPLE 'SEE ALSO'; do
		[ -n "$(section "$page" "$title" | tr -d '\n')" ] || echo "$page: no $title"
	done
done >"$dir/wrong"
report "every page of section 3 has all its chapters" "$dir/wrong"

cat include/cwork/*.h | flatten >"$dir/headers"
grep -oE 'CWORK_API [^;#]*;' "$dir/headers" | sed 's/CWORK_API //' |
	while read -r prototype; do
		name=$(echo "$prototype" | sed -e 's/(.*//' -e 's/.*[ *]//')
		code "$(page_of "$name")" SYNOPSIS | flatten | grep -qF "$prototype" ||
			echo "$prototype"
	done >"$dir/wrong"
report "every prototype stands in the synopsis as in the header" "$dir/wrong"

for page in $(pages | grep '\.3$'); do
	code "$page" SYNOPSIS | flatten | grep -oE 'typedef struct [^}]*\} [a-z_]+;' |
		while read -r type; do
			grep -qF "$type" "$dir/headers" || echo "$page: $type"
		done
done >"$dir/wrong"
report "every struct stands in the synopsis as in the header" "$dir/wrong"

for page in $(pages); do
	grep -q "'$page'" docs/meson.build || echo "$page"
done >"$dir/wrong"
report "every page is built and installed" "$dir/wrong"

pages | sed 's/\.\([137]\)$/(\1)/' >"$dir/known"
sed 's/ .*/(3)/' docs/man/links >>"$dir/known"
grep -oE '\*?cwork[a-z0-9_-]*\*?\([137]\)' docs/man/*.scd | tr -d '*' |
	while IFS=: read -r page reference; do
		grep -qxF "$reference" "$dir/known" || echo "$page: $reference"
	done >"$dir/wrong"
report "every reference is to a page that exists" "$dir/wrong"

for page in $(pages | grep '^cwork_.*\.3$') cwork.7; do
	code "$page" EXAMPLE | sed -e '/^cwork enqueue/d' >"$dir/example.c"
	${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -Iinclude -fsyntax-only "$dir/example.c" 2>&1 |
		sed "s|.*example.c|$page|"
done >"$dir/wrong"
report "every example compiles without a warning" "$dir/wrong"

if command -v scdoc >/dev/null; then
	for page in $(pages); do
		scdoc <"docs/man/$page.scd" 2>&1 >"$dir/page" | sed "s/^/$page: /"
		[ -s "$dir/page" ] || echo "$page: empty"
	done >"$dir/wrong"
	report "every page can be built" "$dir/wrong"
else
	skip "every page can be built" "scdoc is not installed"
fi
