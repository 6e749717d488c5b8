/* Printing for people: errors, safe strings, colours. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_error(const char *format, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	fputs("cwork: ", stderr);
	print_safe(stderr, text);
	fputc('\n', stderr);
}

int cli_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error(format, args);
	va_end(args);
	return EXIT_FAILED;
}

int cli_usage_error(const struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error(format, args);
	va_end(args);
	fprintf(stderr, "Try 'cwork %s --help'.\n", command->name);
	return EXIT_USAGE;
}

/*
 * The bytes of a two- or three-byte sequence that a terminal acts on: C1
 * controls (U+0080 to U+009F) and the bidirectional ones, by which text can
 * pretend to be other text. 0 when P begins none.
 */
static size_t acts_on_terminal(const unsigned char *p)
{
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
		return 2;
	if (p[0] != 0xe2)
		return 0;
	if (p[1] == 0x80 && ((p[2] >= 0xaa && p[2] <= 0xae) || p[2] == 0x8e || p[2] == 0x8f))
		return 3;
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

void print_safe(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		size_t bad = *p < 0x20 || *p == 0x7f ? 1 : acts_on_terminal(p);

		if (bad == 0)
			fputc(*p++, out);
		for (; bad > 0; bad--)
			fprintf(out, "\\x%02x", *p++);
	}
}

struct colors cli_colors(const struct cli *cli, FILE *out)
{
	const char *none = getenv("NO_COLOR");

	if (cli->no_color || (none && *none) || !isatty(fileno(out)))
		return (struct colors){"", "", "", "", "", "", ""};
	return (struct colors){"\033[1m",  "\033[2m",  "\033[31m", "\033[32m",
			       "\033[33m", "\033[36m", "\033[0m"};
}

void cli_log(enum cwork_log_level level, const char *line, void *data)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};
	const struct cli *cli = data;

	if (level > CWORK_LOG_WARNING && !cli->verbose)
		return;
	if (level > CWORK_LOG_ERROR && cli->quiet)
		return;
	fprintf(stderr, "cwork: %s: ", names[level]);
	print_safe(stderr, line);
	fputc('\n', stderr);
}

void print_json_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else if (*p < 0x20)
			fprintf(out, "\\u%04x", *p);
		else
			fputc(*p, out);
	}
	fputc('"', out);
}
