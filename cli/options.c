/* Option tables: parsing, and the help that is made from them. */
#include "cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS 40
#define FIRST_LONG 256 /* getopt's value of the first option; short letters are below */

/* The global options, as a table like any command's. */
static size_t add_globals(struct cli *cli, struct option_spec *out)
{
	const struct option_spec globals[] = {
		{"redis", 'r', "URL", NULL, &cli->redis, NULL},
		{"namespace", 'n', "NS", NULL, &cli->ns, NULL},
		{"json", 0, NULL, NULL, NULL, &cli->json},
		{"no-color", 0, NULL, NULL, NULL, &cli->no_color},
		{"raw", 0, NULL, NULL, NULL, &cli->raw},
		{"quiet", 'q', NULL, NULL, NULL, &cli->quiet},
		{"verbose", 'v', NULL, NULL, NULL, &cli->verbose},
	};

	memcpy(out, globals, sizeof(globals));
	return sizeof(globals) / sizeof(*globals);
}

static void print_command_help(const struct command *command, const struct option_spec *table)
{
	printf("usage: cwork %s %s\n\n%s.\n\n", command->name, command->usage, command->summary);
	for (; table->name; table++) {
		char left[40];

		if (table->letter)
			snprintf(left, sizeof(left), "-%c, --%s %s", table->letter, table->name,
				 table->value ? table->value : "");
		else
			snprintf(left, sizeof(left), "    --%s %s", table->name,
				 table->value ? table->value : "");
		printf("  %-26s %s\n", left, table->help);
	}
	printf("\nAnd the options of 'cwork --help'. More: man cwork-%s\n", command->name);
}

/* All options in getopt's forms. LETTERS gets "+-less" short ones with colons. */
static void make_getopt(const struct option_spec *all, size_t count, struct option *longs,
			char *letters)
{
	for (size_t i = 0; i < count; i++) {
		longs[i] =
			(struct option){all[i].name, all[i].value ? required_argument : no_argument,
					NULL, FIRST_LONG + (int)i};
		if (!all[i].letter)
			continue;
		*letters++ = all[i].letter;
		if (all[i].value)
			*letters++ = ':';
	}
	longs[count] = (struct option){"help", no_argument, NULL, 'h'};
	longs[count + 1] = (struct option){"version", no_argument, NULL, 'V'};
	longs[count + 2] = (struct option){0};
	*letters++ = 'h';
	*letters = '\0';
}

static const struct option_spec *option_of(const struct option_spec *all, size_t count, int value)
{
	if (value >= FIRST_LONG)
		return &all[value - FIRST_LONG];
	for (size_t i = 0; i < count; i++)
		if (all[i].letter == value)
			return &all[i];
	return NULL;
}

static void set(const struct option_spec *option, const char *value)
{
	if (option->text)
		*option->text = value;
	else
		*option->flag = true;
}

int options_parse(struct cli *cli, const struct command *command, const struct option_spec *table,
		  int argc, char **argv)
{
	struct option_spec all[MAX_OPTIONS];
	struct option longs[MAX_OPTIONS + 3];
	size_t count = add_globals(cli, all);
	char letters[2 * MAX_OPTIONS];
	int c;

	for (const struct option_spec *o = table; o->name; o++)
		all[count++] = *o;
	make_getopt(all, count, longs, letters);
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct option_spec *option;

		if (c == 'h') {
			print_command_help(command, table);
			exit(EXIT_DONE);
		}
		if (c == 'V') {
			printf("cwork %s\n", cwork_version());
			exit(EXIT_DONE);
		}
		option = c == '?' ? NULL : option_of(all, count, c);
		if (!option)
			return -cli_usage_error(command,
						"unknown option, or a value is missing: %s",
						argv[optind - 1]);
		set(option, optarg);
	}
	memmove(argv + 1, argv + optind, (size_t)(argc - optind) * sizeof(*argv));
	return argc - optind;
}
