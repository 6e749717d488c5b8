/*
 * A worker program: four job types, middleware, a context for each job, and
 * retries. It serves what enqueue.c enqueues, until SIGINT or SIGTERM:
 *
 *	worker [URL]
 */
#include <cwork/cwork.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Zeroed before each job; what the middleware finds out, the handler sees. */
struct context {
	int64_t customer_id; /* 0: none */
	FILE *scratch;
};

static int open_scratch(cwork_job *job, void *context)
{
	struct context *c = context;

	c->scratch = tmpfile();
	return c->scratch ? 0 : cwork_job_fail(job, "scratch file: %s", strerror(errno));
}

static void close_scratch(cwork_job *job, void *context)
{
	struct context *c = context;

	(void)job;
	if (c->scratch)
		fclose(c->scratch);
}

/* Around every job: say how it went. */
static int log_job(cwork_job *job, void *context, void *data)
{
	int result = cwork_job_next(job);
	FILE *out = data;

	(void)context;
	fprintf(out, "%s %s: attempt %" PRId64 " %s\n", cwork_job_name(job), cwork_job_id(job),
		cwork_job_fails(job) + 1, result == 0 ? "done" : "not done");
	return result;
}

/* Before every job: whose is it? */
static int find_customer(cwork_job *job, void *context, void *data)
{
	struct context *c = context;

	(void)data;
	if (cwork_job_has_arg(job, "customer_id")) {
		c->customer_id = cwork_job_arg_int64(job, "customer_id");
		if (cwork_job_arg_error(job))
			return cwork_job_discard(job, "%s", cwork_job_arg_error(job));
	}
	return cwork_job_next(job);
}

/* What can never work is discarded: it goes to dead at once, for a person to look at. */
static int send_email(cwork_job *job, void *context)
{
	struct context *c = context;
	const char *to = cwork_job_arg_string(job, "address");

	if (cwork_job_arg_error(job))
		return cwork_job_discard(job, "%s", cwork_job_arg_error(job));
	if (!strchr(to, '@'))
		return cwork_job_discard(job, "%s is not an address", to);
	printf("mail to %s for customer %" PRId64 "\n", to, c->customer_id);
	return 0;
}

/* A long job tells how far it is, and ends early when the pool can't wait for it any longer. */
static int export_rows(cwork_job *job, void *context)
{
	struct context *c = context;
	int64_t rows = cwork_job_arg_int64(job, "rows");

	for (int64_t row = 0; row < rows; row++) {
		if (row % 1000 == 0) {
			cwork_job_checkin(job, "row %" PRId64 " of %" PRId64, row, rows);
			if (cwork_job_cancelled(job))
				return cwork_job_fail(job, "stopped at row %" PRId64, row);
		}
		fprintf(c->scratch, "%" PRId64 "\n", row);
	}
	printf("exported %" PRId64 " rows, %ld bytes\n", rows, ftell(c->scratch));
	return 0;
}

/* What may work the next time fails: it is tried again. */
static int charge(cwork_job *job, void *context)
{
	(void)context;
	if (cwork_job_fails(job) == 0)
		return cwork_job_fail(job, "the card network is busy");
	printf("charged %" PRId64 " cents, after: %s\n", cwork_job_arg_int64(job, "cents"),
	       cwork_job_last_error(job));
	return 0;
}

static int64_t after_a_second(const cwork_job *job, int64_t fails, void *data)
{
	(void)job;
	(void)data;
	return fails;
}

/* Quick jobs are fetched and acknowledged by the hundred. */
static int thumbnail(cwork_job *job, void *context)
{
	(void)context;
	(void)cwork_job_arg_int64(job, "image");
	return cwork_job_arg_error(job) ? cwork_job_fail(job, "%s", cwork_job_arg_error(job)) : 0;
}

static int set_up(cwork_pool *pool, cwork_error *err)
{
	const cwork_job_options heavy = {
		.size = sizeof(heavy),
		.max_fails = 1,	      /* no retry */
		.max_concurrency = 2, /* over all pools */
	};
	const cwork_job_options important = {
		.size = sizeof(important),
		.priority = 10, /* looked at ten times as often as the others */
		.backoff = after_a_second,
	};
	int r = cwork_pool_use(pool, log_job, stdout, err);

	if (r == 0)
		r = cwork_pool_use(pool, find_customer, NULL, err);
	if (r == 0)
		r = cwork_pool_job(pool, "send_email", send_email, NULL, err);
	if (r == 0)
		r = cwork_pool_job(pool, "export", export_rows, &heavy, err);
	if (r == 0)
		r = cwork_pool_job(pool, "charge", charge, &important, err);
	if (r == 0)
		r = cwork_pool_job(pool, "thumbnail", thumbnail, NULL, err);
	return r;
}

static void print_log(enum cwork_log_level level, const char *line, void *data)
{
	(void)level;
	fprintf(data, "worker: %s\n", line);
}

int main(int argc, char **argv)
{
	cwork_pool_options options = {
		.size = sizeof(options),
		.redis = argc > 1 ? argv[1] : NULL,
		.ns = "examples",
		.context_size = sizeof(struct context),
		.context_init = open_scratch,
		.context_fini = close_scratch,
		.grace_ms = 5000,
		.log = print_log,
		.log_data = stderr,
	};
	cwork_pool *pool = NULL;
	cwork_error err;
	int r = cwork_pool_new(&pool, &options, &err);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (r == 0)
		r = set_up(pool, &err);
	if (r == 0)
		r = cwork_pool_run(pool, &err);
	if (r < 0)
		fprintf(stderr, "worker: %s\n", err.text);
	if (r == CWORK_UNFINISHED)
		return 1; /* their jobs are back in the queues; cwork_pool_free() would wait for
			     them */
	cwork_pool_free(pool);
	return r == 0 ? 0 : 1;
}
