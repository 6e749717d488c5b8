/*
 * cwork bench: how fast this machine, this Redis and cwork are together. Enqueues
 * jobs that do nearly nothing, drains them, and, when asked, measures how soon
 * an idle pool starts a job.
 */
#include "cli.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_QUEUES 1000
#define CHUNK 1000

struct bench_options {
	const char *jobs, *queues, *concurrency, *prefetch, *latency, *payload;
};

struct bench {
	struct cli *cli;
	long jobs, queues, concurrency, latency, payload;
	int prefetch;
	cwork_client *client;
	char (*names)[48];
	char *filler; /* payload bytes */
	double enqueue_s, run_s;
	double cpu_s, redis_cpu_s; /* of the run; below zero: unknown */
	double *latencies_us;
	long peak_rss_kb;
};

static atomic_long done;
static _Atomic int64_t picked_up_ns;

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Near nothing: one argument is read, as any real handler would. */
static int bench_job(cwork_job *job, void *context)
{
	(void)context;
	if (cwork_job_arg_int64(job, "n") >= 0)
		atomic_fetch_add_explicit(&done, 1, memory_order_relaxed);
	return 0;
}

static int latency_job(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	atomic_store(&picked_up_ns, now_ns());
	return 0;
}

static double cpu_seconds(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* CPU time of the Redis server so far; below zero when it does not tell. */
static double redis_cpu_seconds(struct bench *b)
{
	cwork_server_info info = {.size = sizeof(info)};

	return cwork_client_server_info(b->client, &info, NULL) < 0 ? -1 : info.cpu_seconds;
}

/* Leave nothing behind. */
static void forget_names(struct bench *b)
{
	for (long i = 0; b->client && i < b->queues; i++)
		cwork_client_forget(b->client, b->names[i], NULL);
}

static bool number(const char *text, long low, long high, long *out)
{
	char *end;

	if (!text)
		return true;
	*out = strtol(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && *out >= low && *out <= high;
}

static bool parse_prefetch(const char *text, int *out)
{
	long n = 0;

	*out = CWORK_PREFETCH_ADAPTIVE;
	if (!text || strcmp(text, "adaptive") == 0)
		return true;
	if (strcmp(text, "off") == 0) {
		*out = CWORK_PREFETCH_OFF;
		return true;
	}
	if (!number(text, 1, 10000, &n))
		return false;
	*out = (int)n;
	return true;
}

/* Names of this run only, so that nobody's jobs are touched. */
static int make_names(struct bench *b)
{
	b->names = calloc((size_t)b->queues, sizeof(*b->names));
	b->filler = malloc((size_t)b->payload + 1);
	if (!b->names || !b->filler)
		return cli_fail("out of memory");
	memset(b->filler, 'x', (size_t)b->payload);
	b->filler[b->payload] = '\0';
	for (long i = 0; i < b->queues; i++)
		snprintf(b->names[i], sizeof(b->names[i]), "bench_%lx_%ld",
			 (long)(now_ns() & 0xffffff), i);
	return EXIT_DONE;
}

/* Numbers 0 to 999 serve all jobs: what varies costs no time here. */
static int enqueue_jobs(struct bench *b, cwork_enqueuer *q, cwork_error *err)
{
	static cwork_new_job jobs[CHUNK];
	static cwork_arg args[CHUNK][2];
	int64_t start = now_ns();
	size_t members = b->payload ? 2 : 1;

	for (long i = 0; i < CHUNK; i++) {
		args[i][0] = cwork_int("n", i);
		args[i][1] = cwork_str("payload", b->filler);
		jobs[i].args = cwork_args_items(args[i], members);
	}
	for (long i = 0; i < b->jobs; i += CHUNK) {
		long n = b->jobs - i < CHUNK ? b->jobs - i : CHUNK;
		int r;

		for (long k = 0; k < n; k++) /* runs of one name share a command */
			jobs[k].name = b->names[k * b->queues / n % b->queues];
		r = cwork_enqueue_many(q, jobs, (size_t)n, err);
		if (r < 0)
			return r;
	}
	b->enqueue_s = (double)(now_ns() - start) / 1e9;
	return 0;
}

static int new_pool(struct bench *b, cwork_pool **out, cwork_handler *fn, cwork_error *err)
{
	int r = cwork_pool_new(out,
			       &(cwork_pool_options){
				       .size = sizeof(cwork_pool_options),
				       .redis = b->cli->redis,
				       .ns = b->cli->ns,
				       .concurrency = (unsigned)b->concurrency,
				       .prefetch = b->prefetch,
				       .log = cli_log,
				       .log_data = b->cli,
			       },
			       err);

	for (long i = 0; r == 0 && i < b->queues; i++)
		r = cwork_pool_job(*out, b->names[i], fn, NULL, err);
	return r;
}

static int run_jobs(struct bench *b, cwork_error *err)
{
	double cpu = cpu_seconds(), redis_cpu = redis_cpu_seconds(b);
	int64_t start = now_ns();
	cwork_pool *pool = NULL;
	int r = new_pool(b, &pool, bench_job, err);

	if (r == 0)
		r = cwork_pool_start(pool, err);
	if (r == 0)
		r = cwork_pool_drain(pool, err);
	b->run_s = (double)(now_ns() - start) / 1e9;
	b->cpu_s = cpu_seconds() - cpu;
	b->redis_cpu_s = redis_cpu < 0 ? -1 : redis_cpu_seconds(b) - redis_cpu;
	cwork_pool_free(pool);
	if (r == 0 && atomic_load(&done) != b->jobs) {
		cli_fail("%ld jobs were enqueued, but %ld ran", b->jobs, atomic_load(&done));
		return CWORK_E_STATE;
	}
	return r;
}

/* One job at a random moment; the time until its handler starts. */
static int measure_pick_up(struct bench *b, cwork_enqueuer *q, long i, cwork_error *err)
{
	struct timespec pause = {.tv_nsec = 2000000 + random() % 30000000};
	int64_t start, deadline;
	int r;

	nanosleep(&pause, NULL);
	atomic_store(&picked_up_ns, 0);
	start = now_ns();
	r = cwork_enqueue(q, b->names[i % b->queues], CWORK_NO_ARGS, NULL, err);
	deadline = start + 10000000000;
	while (r == 0 && atomic_load(&picked_up_ns) == 0) {
		if (now_ns() > deadline) {
			cli_fail("a job was not picked up within 10 s");
			return CWORK_E_STATE;
		}
		nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
	}
	b->latencies_us[i] = (double)(atomic_load(&picked_up_ns) - start) / 1000;
	return r;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int measure_latency(struct bench *b, cwork_enqueuer *q, cwork_error *err)
{
	cwork_pool *pool = NULL;
	int r = new_pool(b, &pool, latency_job, err);

	b->latencies_us = calloc((size_t)b->latency + 1, sizeof(double));
	if (!b->latencies_us) {
		cwork_pool_free(pool);
		cli_fail("out of memory");
		return CWORK_E_NOMEM;
	}
	if (r == 0)
		r = cwork_pool_start(pool, err);
	for (long i = 0; r == 0 && i < b->latency; i++)
		r = measure_pick_up(b, q, i, err);
	cwork_pool_free(pool);
	qsort(b->latencies_us, (size_t)b->latency, sizeof(double), by_value);
	return r;
}

static double percentile(const struct bench *b, double p)
{
	return b->latencies_us[(size_t)(p * (double)(b->latency - 1) + 0.5)];
}

static const char *prefetch_text(const struct bench *b, char *out, size_t size)
{
	if (b->prefetch > 0)
		snprintf(out, size, "%d", b->prefetch);
	else
		snprintf(out, size, "%s", b->prefetch ? "off" : "adaptive");
	return out;
}

static void print_json(const struct bench *b)
{
	char prefetch[24];

	printf("{\"jobs\":%ld,\"queues\":%ld,\"seconds\":%.6f,\"jobs_per_s\":%.0f,"
	       "\"enqueue_per_s\":%.0f",
	       b->jobs, b->queues, b->run_s, (double)b->jobs / b->run_s,
	       (double)b->jobs / b->enqueue_s);
	if (b->latency)
		printf(",\"latency_us\":{\"samples\":%ld,\"p50\":%.0f,\"p90\":%.0f,\"p99\":%.0f,"
		       "\"max\":%.0f}",
		       b->latency, percentile(b, 0.5), percentile(b, 0.9), percentile(b, 0.99),
		       percentile(b, 1));
	printf(",\"cpu_seconds\":%.6f,\"redis_cpu_seconds\":", b->cpu_s);
	if (b->redis_cpu_s < 0)
		printf("null");
	else
		printf("%.6f", b->redis_cpu_s);
	printf(",\"peak_rss_kb\":%ld,\"concurrency\":%ld,\"prefetch\":\"%s\"}\n", b->peak_rss_kb,
	       b->concurrency, prefetch_text(b, prefetch, sizeof(prefetch)));
}

static void print_text(const struct bench *b)
{
	struct colors c = cli_colors(b->cli, stdout);
	char prefetch[24];

	printf("%ld jobs over %ld queues, concurrency %ld, prefetch %s\n\n", b->jobs, b->queues,
	       b->concurrency, prefetch_text(b, prefetch, sizeof(prefetch)));
	printf("  enqueue   %s%10.0f%s jobs/s\n", c.bold, (double)b->jobs / b->enqueue_s, c.off);
	printf("  run       %s%10.0f%s jobs/s  (%.3f s)\n", c.bold, (double)b->jobs / b->run_s,
	       c.off, b->run_s);
	printf("  cpu       %10.2f µs a job here", b->cpu_s * 1e6 / (double)b->jobs);
	if (b->redis_cpu_s >= 0)
		printf(", %.2f µs in Redis", b->redis_cpu_s * 1e6 / (double)b->jobs);
	printf("\n  memory    %10ld kB at most\n", b->peak_rss_kb);
	if (b->latency)
		printf("  pick-up   %10.0f µs p50, %.0f p90, %.0f p99, %.0f max (idle pool, %ld "
		       "jobs)\n",
		       percentile(b, 0.5), percentile(b, 0.9), percentile(b, 0.99),
		       percentile(b, 1), b->latency);
}

static int measure(struct bench *b, cwork_error *err)
{
	cwork_enqueuer *q = NULL;
	struct rusage use;
	int r;

	r = cwork_enqueuer_new(&q,
			       &(cwork_enqueuer_options){
				       .size = sizeof(cwork_enqueuer_options),
				       .redis = b->cli->redis,
				       .ns = b->cli->ns,
				       .max_bytes = 16u << 20,
			       },
			       err);
	if (r == 0)
		r = cwork_client_new(&b->client,
				     &(cwork_client_options){
					     .size = sizeof(cwork_client_options),
					     .redis = b->cli->redis,
					     .ns = b->cli->ns,
				     },
				     err);
	if (r == 0)
		r = enqueue_jobs(b, q, err);
	if (r == 0)
		r = run_jobs(b, err);
	getrusage(RUSAGE_SELF, &use);
	b->peak_rss_kb = use.ru_maxrss;
	if (r == 0 && b->latency)
		r = measure_latency(b, q, err);
	forget_names(b);
	cwork_client_free(b->client);
	cwork_enqueuer_free(q);
	return r;
}

static int measure_and_print(struct bench *b)
{
	cwork_error err = {0};
	int r;

	if (make_names(b) != EXIT_DONE)
		return EXIT_FAILED;
	r = measure(b, &err);
	if (r == 0 && b->cli->json)
		print_json(b);
	else if (r == 0)
		print_text(b);
	free(b->names);
	free(b->filler);
	free(b->latencies_us);
	if (r < 0)
		return err.text[0] ? cli_fail("%s", err.text) : EXIT_FAILED;
	return EXIT_DONE;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct bench_options o = {0};
	struct bench b = {.cli = cli, .jobs = 100000, .queues = 5, .concurrency = 10};
	const struct option_spec table[] = {
		{"jobs", 'j', "N", "jobs to run (100000)", &o.jobs, NULL},
		{"queues", 0, "N", "over so many queues (5)", &o.queues, NULL},
		{"concurrency", 'c', "N", "worker threads (10)", &o.concurrency, NULL},
		{"prefetch", 0, "P", "adaptive, off, or a number of jobs (adaptive)", &o.prefetch,
		 NULL},
		{"payload", 0, "BYTES", "a string argument of that size (0)", &o.payload, NULL},
		{"latency", 0, "N", "also N jobs at random moments on an idle pool", &o.latency,
		 NULL},
		{0},
	};
	int words = options_parse(cli, &command_bench, table, argc, argv);

	if (words < 0)
		return -words;
	if (words > 0)
		return cli_usage_error(&command_bench, "unexpected %s", argv[1]);
	if (!number(o.jobs, 1, 100000000, &b.jobs))
		return cli_usage_error(&command_bench, "--jobs %s is not 1 to 100000000", o.jobs);
	if (!number(o.queues, 1, MAX_QUEUES, &b.queues))
		return cli_usage_error(&command_bench, "--queues %s is not 1 to %d", o.queues,
				       MAX_QUEUES);
	if (!number(o.concurrency, 1, 10000, &b.concurrency))
		return cli_usage_error(&command_bench, "--concurrency %s is not 1 to 10000",
				       o.concurrency);
	if (!number(o.latency, 1, 1000000, &b.latency))
		return cli_usage_error(&command_bench, "--latency %s is not 1 to 1000000",
				       o.latency);
	if (!number(o.payload, 0, 8000000, &b.payload))
		return cli_usage_error(&command_bench, "--payload %s is not 0 to 8000000",
				       o.payload);
	if (!parse_prefetch(o.prefetch, &b.prefetch))
		return cli_usage_error(&command_bench,
				       "--prefetch %s is not adaptive, off, or 1 to 10000",
				       o.prefetch);
	return measure_and_print(&b);
}

const struct command command_bench = {
	"bench",
	"[options]",
	"Measure enqueuing, running and picking up jobs",
	run,
};
