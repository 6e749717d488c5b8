/* The program: a table of commands. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const struct command *const commands[] = {
	&command_enqueue,
	&command_demo,
	&command_bench,
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

static void print_help(FILE *out)
{
	fputs("usage: cwork [options] COMMAND …\n\nDurable background jobs in Redis.\n\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n"
	      "Options, before or after the command:\n"
	      "  -r, --redis URL       where Redis is (CWORK_REDIS; redis://127.0.0.1:6379)\n"
	      "  -n, --namespace NS    prefix of all keys (CWORK_NAMESPACE; work)\n"
	      "      --json            one JSON document on standard output\n"
	      "      --no-color        no colours\n"
	      "      --raw             strings from Redis as they are, into a file or pipe\n"
	      "  -q, --quiet           only errors\n"
	      "  -v, --verbose         tell more\n"
	      "      --help            this, or a command's help\n"
	      "      --version         the version\n"
	      "\n"
	      "Exit status: 0 done, 1 failed, 2 usage, 3 nothing matched.\n",
	      out);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static const char *environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

/* A global option with a value in the next word. */
static bool takes_a_word(const char *option)
{
	static const char *const names[] = {"-r", "--redis", "-n", "--namespace"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(option, names[i]) == 0)
			return true;
	return false;
}

/* Where the command's name stands: the first word that is no option, nor an option's value. */
static int command_position(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1])
		i += takes_a_word(argv[i]) ? 2 : 1;
	return i;
}

/* Put the command's name first and the options that stood before it behind. */
static void rotate(char **argv, int position)
{
	char *name = argv[position];

	memmove(argv + 2, argv + 1, (size_t)(position - 1) * sizeof(*argv));
	argv[1] = name;
}

static int without_command(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help(stdout);
			return EXIT_DONE;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("cwork %s\n", cwork_version());
			return EXIT_DONE;
		}
	}
	print_help(stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.redis = environment("CWORK_REDIS", NULL),
		.ns = environment("CWORK_NAMESPACE", "work"),
	};
	int position = command_position(argc, argv);
	const struct command *command;

	if (position >= argc)
		return without_command(argc, argv);
	if (strcmp(argv[position], "help") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	command = find(argv[position]);
	if (!command) {
		fputs("cwork: no such command: ", stderr);
		print_safe(stderr, argv[position]);
		fputs("\nTry 'cwork --help'.\n", stderr);
		return EXIT_USAGE;
	}
	rotate(argv, position);
	return command->run(&cli, argc - 1, argv + 1);
}
