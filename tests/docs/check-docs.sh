#!/bin/sh
# What the documents say, as far as a script can tell: check-docs.sh SOURCE_ROOT. Prints TAP.
set -u

cd "$1" || exit 1
export LC_ALL=C
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0
documents='README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs/*.md'

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

# The headings of a document, as a link names them.
anchors() {
	sed -n 's/^##* //p' "$1" | tr '[:upper:] ' '[:lower:]-' | tr -cd 'a-z0-9\n-'
}

echo 1..5

# shellcheck disable=SC2086 # the documents are words and patterns
for document in $documents; do
	grep -oE '\]\([^)]*\)' "$document" | sed -e 's/^](//' -e 's/)$//' | while read -r link; do
		file=${link%%#*}
		case $link in
		http*) continue ;;
		*#*) anchor=${link#*#} ;;
		*) anchor= ;;
		esac
		target=$(dirname "$document")/$file
		[ -n "$file" ] || target=$document
		[ -e "$target" ] || echo "$document: $link"
		[ -z "$anchor" ] || anchors "$target" | grep -qxF -- "$anchor" ||
			echo "$document: $link: no such heading"
	done
done >"$dir/wrong"
report "every link leads to a file and a heading" "$dir/wrong"

# Blocks of C that are whole files; README's handler calls a function of the reader's.
for document in README.md docs/guide.md; do
	rm -f "$dir"/block-*
	awk -v prefix="$dir/block-" '
		/^```c$/ { n++; inside = 1; next }
		/^```$/ { inside = 0 }
		inside { print >(prefix n ".c") }' "$document"
	for block in "$dir"/block-*.c; do
		grep -q '^#include' "$block" || continue
		sed -i '1i #include <stdbool.h>\nbool deliver(const char *to);' "$block"
		${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -Iinclude -fsyntax-only "$block" 2>&1 |
			sed "s|.*block-|$document block-|"
		echo "$document" >>"$dir/compiled"
	done
done >"$dir/wrong"
[ "$(wc -l <"$dir/compiled")" -ge 4 ] || echo "found too few blocks of C" >>"$dir/wrong"
report "every program in README and guide compiles without a warning" "$dir/wrong"

grep -ohE '^make [a-z-]+|`make [a-z-]+' README.md CONTRIBUTING.md docs/guide.md |
	sed 's/.*make //' | sort -u | while read -r target; do
	grep -q "^$target:" Makefile || echo "make $target"
done >"$dir/wrong"
report "every make target that is named exists" "$dir/wrong"

{
	for script in src/store/lua/*.lua; do
		name=$(basename "$script" .lua)
		grep -q "| \`$name\` |" docs/wire-format.md || echo "$name: not in docs/wire-format.md"
	done
	# shellcheck disable=SC2016 # backticks of Markdown
	sed -n '/^## Steps/,/^## /s/^|[^|]*| `\([a-z_]*\)` |.*/\1/p' docs/wire-format.md |
		while read -r name; do
			[ -f "src/store/lua/$name.lua" ] || echo "$name: no such script"
		done
} >"$dir/wrong"
report "the layout's document tells every script, and no other" "$dir/wrong"

version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build | head -n 1)
{
	grep -qF "CWORK_VERSION \"$version\"" include/cwork/export.h || echo "the header is not $version"
	grep -q "^## $version" CHANGELOG.md || echo "the changelog has no $version"
} >"$dir/wrong"
report "build, header and changelog agree on the version" "$dir/wrong"
