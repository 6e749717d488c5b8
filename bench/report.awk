# Figures to a table, or with -v json=1 to JSON. A line of figures is
#
#	SECTION <tab> ROW <tab> COLUMN <tab> VALUE
#
# and stands for one measurement: of several with the same three names the median counts. Sections,
# rows and columns come out in the order in which they were first seen. Three columns are special:
# "kind" (reference, peer) says what the others of its section are compared with, "note" stands in
# the place of figures, and "jobs/s" gets its spread over the rounds.
BEGIN { FS = "\t" }

!($1 in rows) { rows[$1] = 0; section[++sections] = $1 }
!(($1, $2) in seen_row) { seen_row[$1, $2] = 1; row[$1, ++rows[$1]] = $2 }
$3 == "kind" { kind[$1, $2] = $4; next }
$3 == "note" { note[$1, $2] = $4; next }
!(($1, $3) in seen_column) { seen_column[$1, $3] = 1; column[$1, ++columns[$1]] = $3 }
{ value[$1, $2, $3, ++count[$1, $2, $3]] = $4 + 0 }

# The smallest is moved to the front, then the next: there are only a few.
function sort_values(s, r, c,   i, k, n, held) {
	n = count[s, r, c]
	for (i = 1; i <= n; i++)
		for (k = i + 1; k <= n; k++)
			if (value[s, r, c, k] < value[s, r, c, i]) {
				held = value[s, r, c, i]
				value[s, r, c, i] = value[s, r, c, k]
				value[s, r, c, k] = held
			}
}

function median(s, r, c) {
	return count[s, r, c] ? value[s, r, c, int((count[s, r, c] + 1) / 2)] : 0
}

# The highest rate among the section's rows of a kind; 0: there are none.
function best(s, wanted,   i, r, found) {
	for (i = 1; i <= rows[s]; i++) {
		r = row[s, i]
		if (kind[s, r] == wanted && median(s, r, "jobs/s") > found)
			found = median(s, r, "jobs/s")
	}
	return found + 0
}

# Bytes are counted by some awks, characters by others; µ is the only letter that differs.
function fill(text, width,   plain) {
	plain = text
	gsub(/µ/, "u", plain)
	return sprintf("%" (width - length(plain)) "s", "")
}

function right(text, width) { return fill(text, width) text }
function left(text, width) { return text fill(text, width) }

function number(x) {
	if (x == int(x) || x >= 100) return sprintf("%.0f", x)
	return sprintf(x >= 10 ? "%.1f" : "%.2f", x)
}

function spread(s, r) {
	if (count[s, r, "jobs/s"] < 2 || median(s, r, "jobs/s") == 0) return ""
	return sprintf("%.0f %%", 100 * (value[s, r, "jobs/s", count[s, r, "jobs/s"]] - \
		value[s, r, "jobs/s", 1]) / median(s, r, "jobs/s"))
}

function ratio(rate, to) {
	if (to == 0 || rate == 0) return ""
	return sprintf(rate < to ? "%.2fx" : "%.1fx", rate / to)
}

function print_line(line) {
	sub(/ +$/, "", line)
	print line
}

function print_row(s, r,   i, line, rate) {
	line = "  " left(r, 40)
	if ((s, r) in note) { print line "  " note[s, r]; return }
	for (i = 1; i <= columns[s]; i++)
		line = line right(count[s, r, column[s, i]] ? number(median(s, r, column[s, i])) : "", 13)
	rate = median(s, r, "jobs/s")
	if ((s, "jobs/s") in seen_column) line = line right(spread(s, r), 10)
	if (best(s, "reference")) line = line right(ratio(rate, best(s, "reference")), 16)
	if (best(s, "peer")) line = line right(ratio(rate, best(s, "peer")), 13)
	print_line(line)
}

function print_section(s,   i, line) {
	line = left(s, 42)
	for (i = 1; i <= columns[s]; i++) line = line right(column[s, i], 13)
	if ((s, "jobs/s") in seen_column) line = line right("spread", 10)
	if (best(s, "reference")) line = line right("to gocraft way", 16)
	if (best(s, "peer")) line = line right("to best peer", 13)
	print_line(line)
	for (i = 1; i <= rows[s]; i++) print_row(s, row[s, i])
	print ""
}

function quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

function json_row(s, r,   i, c, out) {
	if ((s, r) in note) return "{" quoted("note") ":" quoted(note[s, r]) "}"
	for (i = 1; i <= columns[s]; i++) {
		c = column[s, i]
		if (count[s, r, c]) out = out (out ? "," : "") quoted(c) ":" median(s, r, c)
	}
	return "{" out "}"
}

function print_json(   i, k, s) {
	printf "{%s:%s", quoted("machine"), quoted(machine)
	for (i = 1; i <= sections; i++) {
		s = section[i]
		printf ",\n%s:{", quoted(s)
		for (k = 1; k <= rows[s]; k++)
			printf "%s\n  %s:%s", (k > 1 ? "," : ""), quoted(row[s, k]), json_row(s, row[s, k])
		printf "}"
	}
	print "}"
}

END {
	CONVFMT = OFMT = "%.10g"
	for (i = 1; i <= sections; i++)
		for (k = 1; k <= rows[section[i]]; k++)
			for (c = 1; c <= columns[section[i]]; c++)
				sort_values(section[i], row[section[i], k], column[section[i], c])
	if (json) { print_json(); exit }
	print machine "\n"
	for (i = 1; i <= sections; i++) print_section(section[i])
}
