/* The hand-over: every job is taken once, a finished one comes back, somebody always leads. */
#include "pool/handover.h"

#include "harness/test.h"
#include "pool/run.h"
#include <stdlib.h>

#define WORKERS 4
#define JOBS 20000

static struct handover h;
static struct cwork_job *jobs;
static atomic_int taken[JOBS], leads, done;

/* Stands in for the pool's leader: puts jobs in, a few at a time. */
static void lead(void)
{
	static int next;

	atomic_fetch_add(&leads, 1);
	for (int i = 0; i < 7 && next < JOBS; i++)
		if (handover_put(&h, &jobs[next]))
			next++;
	for (struct cwork_job *job = handover_collect(&h); job; job = job->next)
		atomic_fetch_add(&done, 1);
	if (atomic_load(&done) == JOBS)
		handover_stop(&h);
}

static void *worker(void *arg)
{
	struct cwork_job *job;
	enum turn turn;

	while ((turn = handover_next(&h, &job)) != TURN_STOP) {
		if (turn == TURN_LEAD) {
			lead();
			handover_end_lead(&h);
			continue;
		}
		atomic_fetch_add(&taken[job - jobs], 1);
		handover_finish(&h, job);
	}
	return arg;
}

TEST(every_job_is_taken_once_and_comes_back)
{
	pthread_t threads[WORKERS];

	jobs = calloc(JOBS, sizeof(*jobs));
	CHECK(jobs != NULL);
	CHECK_INT(handover_init(&h, 100, NULL), 0);
	for (int i = 0; i < WORKERS; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, worker, NULL), 0);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < JOBS; i++)
		CHECK_INT(taken[i], 1);
	CHECK_INT(done, JOBS);
	handover_free(&h);
	free(jobs);
}

TEST(a_full_ring_refuses_and_gives_back_in_order)
{
	struct handover ring = {0};
	struct cwork_job many[65] = {0};

	CHECK_INT(handover_init(&ring, 64, NULL), 0);
	for (int i = 0; i < 64; i++)
		CHECK(handover_put(&ring, &many[i]));
	CHECK(!handover_put(&ring, &many[64]));
	CHECK_INT(handover_waiting(&ring), 64);
	for (int i = 0; i < 64; i++)
		CHECK(handover_take(&ring) == &many[i]);
	CHECK(!handover_take(&ring));
	handover_free(&ring);
}

TEST(finished_jobs_are_collected_oldest_first)
{
	struct handover ring = {0};
	struct cwork_job many[3] = {0}, *first;

	CHECK_INT(handover_init(&ring, 64, NULL), 0);
	for (int i = 0; i < 3; i++)
		handover_finish(&ring, &many[i]);
	first = handover_collect(&ring);
	CHECK(first == &many[0] && first->next == &many[1] && many[1].next == &many[2] &&
	      !many[2].next);
	CHECK(!handover_has_finished(&ring));
	handover_free(&ring);
}
