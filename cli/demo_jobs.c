/* The demo's job types: one for each thing a background job can do or suffer. */
#include "demo.h"

#include <string.h>
#include <time.h>

#define THUMBNAILS 5000

const char *const demo_names[DEMO_TYPES] = {
	"thumbnail", "export", "flaky_api", "broken", "clear_cache", "reminder", "hourly_report",
};

/* How many jobs of each type end well, and for the broken ones: how often they fail. */
static const long wanted_done[DEMO_TYPES] = {
	[DEMO_THUMBNAIL] = THUMBNAILS, [DEMO_EXPORT] = 2, [DEMO_FLAKY] = 3, [DEMO_CACHE] = 1,
	[DEMO_REMINDER] = 2,	       [DEMO_REPORT] = 4,
};

int64_t demo_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static enum demo_type type_of(const cwork_job *job)
{
	int type = 0;

	while (strcmp(demo_names[type], cwork_job_name(job)) != 0)
		type++;
	return (enum demo_type)type;
}

/* Fast: five thousand of these. */
static int thumbnail(cwork_job *job, void *context)
{
	struct demo *d = cwork_job_data(job);
	int64_t picture = cwork_job_arg_int64(job, "picture");

	(void)context;
	if (cwork_job_arg_error(job))
		return cwork_job_fail(job, "%s", cwork_job_arg_error(job));
	if (picture == THUMBNAILS - 1)
		demo_say(d, DEMO_THUMBNAIL, "picture %ld done, the last one", (long)picture);
	return 0;
}

/* Slow, and telling how far it is. */
static int export_rows(cwork_job *job, void *context)
{
	struct demo *d = cwork_job_data(job);
	const char *table = cwork_job_arg_string(job, "table");

	(void)context;
	for (int percent = 0; percent < 100; percent += 20) {
		cwork_job_checkin(job, "%s: %d %%", table, percent);
		atomic_fetch_add(&d->checkins, 1);
		demo_say(d, DEMO_EXPORT, "%s at %d %%", table, percent);
		pause_ms(500);
	}
	return 0;
}

/* Fails at first, and is tried again. */
static int flaky_api(cwork_job *job, void *context)
{
	struct demo *d = cwork_job_data(job);

	(void)context;
	if (cwork_job_fails(job) < 2) {
		demo_say(d, DEMO_FLAKY, "attempt %ld: 503, will be tried again",
			 (long)cwork_job_fails(job) + 1);
		return cwork_job_fail(job, "503 Service Unavailable");
	}
	demo_say(d, DEMO_FLAKY, "attempt %ld: accepted", (long)cwork_job_fails(job) + 1);
	return 0;
}

/* Fails every time, and ends up in dead. */
static int broken(cwork_job *job, void *context)
{
	struct demo *d = cwork_job_data(job);

	(void)context;
	demo_say(d, DEMO_BROKEN, "attempt %ld failed%s", (long)cwork_job_fails(job) + 1,
		 cwork_job_fails(job) + 1 == 3 ? ", the last one: to dead" : "");
	return cwork_job_fail(job, "no such customer: %ld",
			      (long)cwork_job_arg_int64(job, "customer"));
}

static int clear_cache(cwork_job *job, void *context)
{
	(void)context;
	demo_say(cwork_job_data(job), DEMO_CACHE, "cleared, once for ten requests");
	return 0;
}

static int reminder(cwork_job *job, void *context)
{
	(void)context;
	demo_say(cwork_job_data(job), DEMO_REMINDER, "due: %s", cwork_job_arg_string(job, "text"));
	return 0;
}

static int hourly_report(cwork_job *job, void *context)
{
	(void)context;
	demo_say(cwork_job_data(job), DEMO_REPORT, "report of hour %ld",
		 (long)cwork_job_arg_int64(job, "hour"));
	return 0;
}

/* Around every job: count what becomes of it. */
static int count_results(cwork_job *job, void *context, void *data)
{
	struct demo *d = data;
	int r = cwork_job_next(job);

	(void)context;
	atomic_fetch_add(r == 0 ? &d->done[type_of(job)] : &d->failed[type_of(job)], 1);
	return r;
}

/* A real one waits longer; people watch this one. */
static int64_t soon(const cwork_job *job, int64_t fails, void *data)
{
	(void)job;
	(void)data;
	return fails;
}

int demo_register(cwork_pool *pool, struct demo *d, cwork_error *err)
{
	cwork_handler *const handlers[DEMO_TYPES] = {
		thumbnail, export_rows, flaky_api, broken, clear_cache, reminder, hourly_report,
	};
	int r = cwork_pool_use(pool, count_results, d, err);

	for (int i = 0; r == 0 && i < DEMO_TYPES; i++)
		r = cwork_pool_job(pool, demo_names[i], handlers[i],
				   &(cwork_job_options){
					   .size = sizeof(cwork_job_options),
					   .max_fails = 3,
					   .max_concurrency = i == DEMO_EXPORT ? 1 : 0,
					   .backoff = soon,
					   .data = d,
				   },
				   err);
	return r;
}

static int enqueue_thumbnails(cwork_enqueuer *q, cwork_error *err)
{
	static cwork_new_job jobs[THUMBNAILS];
	static cwork_arg args[THUMBNAILS];

	for (int i = 0; i < THUMBNAILS; i++) {
		args[i] = cwork_int("picture", i);
		jobs[i].name = demo_names[DEMO_THUMBNAIL];
		jobs[i].args = cwork_args_items(&args[i], 1);
	}
	return cwork_enqueue_many(q, jobs, THUMBNAILS, err);
}

static int enqueue_unique(cwork_enqueuer *q, struct demo *d, cwork_error *err)
{
	int r = 0;

	/* In three seconds, so that all ten requests come while it waits. */
	for (int i = 0; r >= 0 && i < 10; i++) {
		r = cwork_enqueue_unique_in(q, demo_names[DEMO_CACHE], 3,
					    CWORK_ARGS(cwork_str("object", "front page")), NULL,
					    err);
		if (r == CWORK_DUPLICATE)
			atomic_fetch_add(&d->duplicates, 1);
	}
	return r < 0 ? r : 0;
}

int demo_enqueue(cwork_enqueuer *q, struct demo *d, cwork_error *err)
{
	int r = enqueue_thumbnails(q, err);

	for (int i = 0; r == 0 && i < 2; i++)
		r = cwork_enqueue(q, demo_names[DEMO_EXPORT],
				  CWORK_ARGS(cwork_str("table", i ? "orders" : "customers")), NULL,
				  err);
	for (int i = 0; r == 0 && i < 3; i++)
		r = cwork_enqueue(q, demo_names[DEMO_FLAKY], CWORK_ARGS(cwork_int("order", i)),
				  NULL, err);
	if (r == 0)
		r = cwork_enqueue(q, demo_names[DEMO_BROKEN],
				  CWORK_ARGS(cwork_int("customer", 404)), NULL, err);
	if (r == 0)
		r = enqueue_unique(q, d, err);
	for (int i = 0; r == 0 && i < 2; i++)
		r = cwork_enqueue_in(q, demo_names[DEMO_REMINDER], 2 + 3 * i,
				     CWORK_ARGS(cwork_str("text", i ? "drink water" : "stand up")),
				     NULL, err);
	for (int i = 0; r == 0 && i < 4; i++)
		r = cwork_enqueue_in(q, demo_names[DEMO_REPORT], 1 + 2 * i,
				     CWORK_ARGS(cwork_int("hour", i)), NULL, err);
	return r;
}

bool demo_is_over(struct demo *d)
{
	for (int i = 0; i < DEMO_TYPES; i++)
		if (atomic_load(&d->done[i]) < wanted_done[i])
			return false;
	return atomic_load(&d->failed[DEMO_BROKEN]) >= 3;
}
