/* Enqueuing from a file, a JSON object a line. */
#include "bulk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH 1000

struct bulk {
	const struct cli *cli;
	cwork_enqueuer *q;
	const char *path; /* for messages */
	FILE *in;
	cwork_new_job jobs[BATCH];
	size_t lines[BATCH]; /* where each job stood */
	size_t count;
	size_t line;
	size_t enqueued, duplicates, refused;
	long size; /* of the file, for the progress bar; 0: unknown */
};

static void progress(const struct bulk *b)
{
	long done = b->size ? ftell(b->in) : 0;

	if (b->cli->quiet || !isatty(STDERR_FILENO))
		return;
	if (b->size)
		fprintf(stderr, "\r%3ld %%  %zu jobs", done * 100 / b->size, b->enqueued);
	else
		fprintf(stderr, "\r%zu jobs", b->enqueued);
}

static void refuse(struct bulk *b, size_t line, const char *why)
{
	b->refused++;
	cli_fail("%s:%zu: %s", b->path, line, why);
}

/* Enqueue what was read. False when Redis does not take more: the rest of the file is not read. */
static bool flush(struct bulk *b)
{
	cwork_error err = {0};
	int r = cwork_enqueue_many(b->q, b->jobs, b->count, &err);
	size_t stuck = 0;

	for (size_t i = 0; i < b->count; i++) {
		int result = b->jobs[i].result;

		b->enqueued += result == 0;
		b->duplicates += result == CWORK_DUPLICATE;
		if (result == CWORK_E_BAD_NAME || result == CWORK_E_BAD_JSON ||
		    result == CWORK_E_INVALID || result == CWORK_E_TOO_LARGE)
			refuse(b, b->lines[i],
			       result == err.code ? err.text : cwork_strerror(result));
		else if (result < 0 && !stuck)
			stuck = b->lines[i];
		cwork_new_job_clear(&b->jobs[i]);
	}
	b->count = 0;
	progress(b);
	if (stuck)
		cli_fail("%s:%zu: %s; this line and those behind it were not, or not surely, "
			 "enqueued",
			 b->path, stuck, err.text[0] ? err.text : cwork_strerror(r));
	return stuck == 0;
}

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0';
}

static bool read_all(struct bulk *b)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	bool ok = true;

	while (ok && (len = getline(&line, &cap, b->in)) > 0) {
		cwork_error err;

		b->line++;
		if (is_blank(line))
			continue;
		if (cwork_new_job_parse(&b->jobs[b->count], line, (size_t)len, &err) < 0) {
			refuse(b, b->line, err.text);
			continue;
		}
		b->lines[b->count++] = b->line;
		if (b->count == BATCH)
			ok = flush(b);
	}
	free(line);
	return ok && flush(b);
}

static void report(const struct bulk *b)
{
	if (isatty(STDERR_FILENO) && !b->cli->quiet)
		fprintf(stderr, "\r\033[K");
	if (b->cli->json)
		printf("{\"enqueued\":%zu,\"duplicates\":%zu,\"refused\":%zu}\n", b->enqueued,
		       b->duplicates, b->refused);
	else if (!b->cli->quiet)
		printf("%zu enqueued, %zu duplicates, %zu refused\n", b->enqueued, b->duplicates,
		       b->refused);
}

int bulk_enqueue(const struct cli *cli, cwork_enqueuer *q, const char *path)
{
	struct bulk *b = calloc(1, sizeof(*b));
	struct stat st;
	bool ok;

	if (!b)
		return cli_fail("out of memory");
	b->cli = cli;
	b->q = q;
	b->path = strcmp(path, "-") == 0 ? "standard input" : path;
	b->in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	if (!b->in) {
		free(b);
		return cli_fail("can't open %s: %s", path, strerror(errno));
	}
	if (fstat(fileno(b->in), &st) == 0 && S_ISREG(st.st_mode))
		b->size = (long)st.st_size;
	ok = read_all(b);
	report(b);
	ok = ok && b->refused == 0;
	if (b->in != stdin)
		fclose(b->in);
	free(b);
	return ok ? EXIT_DONE : EXIT_FAILED;
}
