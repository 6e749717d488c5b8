/*
 * Unique and scheduled jobs from both ends, in one program: it enqueues them,
 * runs them, and ends.
 *
 *	unique_and_scheduled [URL]
 */
#include <cwork/cwork.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>

static sem_t ran; /* posted by every handler */

static const char *outcome(int result)
{
	return result == 0 ? "enqueued" : result == CWORK_DUPLICATE ? "waits already" : "failed";
}

static int clear_cache(cwork_job *job, void *context)
{
	(void)context;
	printf("clear_cache of %s runs\n", cwork_job_arg_string(job, "page"));
	sem_post(&ran);
	return 0;
}

static int index_document(cwork_job *job, void *context)
{
	(void)context;
	printf("index of %s runs with revision %" PRId64 "\n",
	       cwork_job_arg_string(job, "document"), cwork_job_arg_int64(job, "revision"));
	sem_post(&ran);
	return 0;
}

static int remind(cwork_job *job, void *context)
{
	(void)context;
	printf("remind runs: %s\n", cwork_job_arg_string(job, "text"));
	sem_post(&ran);
	return 0;
}

/* Equal arguments: the second is refused while the first waits. */
static int enqueue_unique(cwork_enqueuer *q, cwork_error *err)
{
	static const char *const pages[] = {"front", "front", "news"};
	int r = 0;

	for (int i = 0; i < 3 && r >= 0; i++) {
		r = cwork_enqueue_unique(q, "clear_cache", CWORK_ARGS(cwork_str("page", pages[i])),
					 NULL, err);
		printf("clear_cache of %s: %s\n", pages[i], outcome(r));
	}
	return r;
}

/* Equal by the document alone: one job, and the newest revision is what it runs with. */
static int enqueue_by_key(cwork_enqueuer *q, cwork_error *err)
{
	int r = 0;

	for (int revision = 1; revision <= 3 && r >= 0; revision++) {
		r = cwork_enqueue_unique_by_key(
			q, "index",
			CWORK_ARGS(cwork_str("document", "guide"), cwork_int("revision", revision)),
			CWORK_ARGS(cwork_str("document", "guide")), NULL, err);
		printf("index revision %d: %s\n", revision, outcome(r));
	}
	return r;
}

/* Scheduled and unique together: a second call does not move the time. */
static int enqueue_scheduled(cwork_enqueuer *q, cwork_error *err)
{
	int r = 0;

	for (int seconds = 1; seconds <= 60 && r >= 0; seconds += 59) {
		r = cwork_enqueue_unique_in(q, "remind", seconds,
					    CWORK_ARGS(cwork_str("text", "stand up")), NULL, err);
		printf("remind in %d s: %s\n", seconds, outcome(r));
	}
	return r;
}

static int enqueue(const char *url, cwork_error *err)
{
	cwork_enqueuer_options options = {.size = sizeof(options), .redis = url, .ns = "examples"};
	cwork_enqueuer *q;
	int r = cwork_enqueuer_new(&q, &options, err);

	if (r < 0)
		return r;
	r = enqueue_unique(q, err);
	if (r >= 0)
		r = enqueue_by_key(q, err);
	if (r >= 0)
		r = enqueue_scheduled(q, err);
	cwork_enqueuer_free(q);
	return r < 0 ? r : 0;
}

/* Run the four jobs that were enqueued by the eight calls. */
static int run(const char *url, cwork_error *err)
{
	cwork_pool_options options = {.size = sizeof(options), .redis = url, .ns = "examples"};
	cwork_pool *pool;
	int r = cwork_pool_new(&pool, &options, err);

	if (r < 0)
		return r;
	r = cwork_pool_job(pool, "clear_cache", clear_cache, NULL, err);
	if (r == 0)
		r = cwork_pool_job(pool, "index", index_document, NULL, err);
	if (r == 0)
		r = cwork_pool_job(pool, "remind", remind, NULL, err);
	if (r == 0)
		r = cwork_pool_start(pool, err);
	for (int i = 0; r == 0 && i < 4; i++)
		sem_wait(&ran);
	if (r == 0)
		r = cwork_pool_stop(pool, err);
	cwork_pool_free(pool);
	return r;
}

int main(int argc, char **argv)
{
	const char *url = argc > 1 ? argv[1] : NULL;
	cwork_error err;
	int r;

	sem_init(&ran, 0, 0);
	r = enqueue(url, &err);
	if (r == 0)
		r = run(url, &err);
	if (r < 0)
		fprintf(stderr, "unique_and_scheduled: %s\n", err.text);
	return r == 0 ? 0 : 1;
}
