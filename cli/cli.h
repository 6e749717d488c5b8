/* What every subcommand is given: the global options, and how to print. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <cwork/cwork.h>
#include <stdbool.h>
#include <stdio.h>

/* Exit statuses. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOTHING = 3 };

struct cli {
	const char *redis; /* URL */
	const char *ns;
	bool json;
	bool no_color;
	bool raw;
	bool quiet;
	bool verbose;
};

/* An option of a subcommand: the same table parses it and prints the help. */
struct option_spec {
	const char *name;  /* long, without dashes */
	char letter;	   /* short, or 0 */
	const char *value; /* the value's name in the help; NULL: a switch */
	const char *help;
	/* Where it goes: exactly one. */
	const char **text;
	bool *flag;
};

struct command {
	const char *name;
	const char *usage; /* behind "cwork NAME" */
	const char *summary;
	int (*run)(struct cli *cli, int argc, char **argv);
};

/*
 * Parse ARGV (argv[0] is the command's name) by the table, taking global
 * options too, anywhere. Positional arguments are moved to the front; their
 * number is returned, from argv[1] on. Prints and returns below zero for a
 * usage error; exits 0 after --help.
 */
int options_parse(struct cli *cli, const struct command *command, const struct option_spec *table,
		  int argc, char **argv);

/* Print "cwork: …" to standard error; returns EXIT_FAILED or EXIT_USAGE. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_usage_error(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print TEXT with everything a terminal may act on escaped. */
void print_safe(FILE *out, const char *text);
/* Print TEXT as a JSON string. */
void print_json_string(FILE *out, const char *text);
/* Escape sequences when they are wanted, else "". */
struct colors {
	const char *bold, *dim, *red, *green, *yellow, *cyan, *off;
};
struct colors cli_colors(const struct cli *cli, FILE *out);
/* A log function that prints to standard error, as the pool's log option; DATA is the cli. */
void cli_log(enum cwork_log_level level, const char *line, void *data);

extern const struct command command_bench, command_demo, command_enqueue;

#endif
