/*
 * A torture run: a server, worker processes, a log of what ran, the ids that
 * were enqueued, and the invariants of reliability checked at the end.
 */
#ifndef TORTURE_CREW_H
#define TORTURE_CREW_H

#include "base/own.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <cwork/cwork.h>
#include <sys/types.h>

#define CREW_MAX 8

struct crew {
	struct fixture_server *server;
	const char *url;
	struct redis_server *redis_server;
	struct redis *redis; /* to look with */
	struct arena arena;
	cwork_enqueuer *q;
	char folder[64], log[96];
	pid_t workers[CREW_MAX];
	char **ids; /* acknowledged ones */
	size_t id_count, id_cap;
	size_t reaped; /* jobs found in progress of dead pools */
};

/* Start a server of its own, with extra configuration words (NULL for none). */
bool crew_open(struct crew *c, const char *const *config);
void crew_close(struct crew *c);
static inline void crew_closep(struct crew *c)
{
	crew_close(c);
}

/* A job count for the run: small in the ordinary tests, full with CWORK_TORTURE=full. */
long crew_scale(long small, long full);

/* Enqueue COUNT jobs of NAME with args made by FORMAT, which gets the number. */
bool crew_enqueue(struct crew *c, const char *name, long count, const char *format);
/* Start worker process I against URL (NULL: the server's). */
bool crew_start(struct crew *c, int i, const char *url, unsigned concurrency, unsigned grace_ms);
/* Send it a signal; with SIGKILL also wait for its end. */
void crew_signal(struct crew *c, int i, int signal);
/* Wait until it has ended; its status, or -1 when it does not in time. */
int crew_wait(struct crew *c, int i);
bool crew_is_alive(struct crew *c, int i);
/* Do to all pools whose process is dead what gocraft/work's reaper does (wire-format.md §10). */
void crew_reap_as_go(struct crew *c);

/* One command on the server; like fixture_cmd. */
const char *crew_cmd(struct crew *c, const char *word, ...) __attribute__((sentinel));
int64_t crew_int(struct crew *c, const char *word, ...) __attribute__((sentinel));

/* Lines in the log, and distinct ids among them. */
size_t crew_runs(struct crew *c);
size_t crew_distinct(struct crew *c);
/* Nothing waits, nothing is in progress, nothing to be retried. */
bool crew_is_at_rest(struct crew *c);

/*
 * Check I1 to I6 and I8: every acknowledged id ran or is in exactly one place;
 * no id in two places; nothing in progress; locks are 0; no unique key is
 * left; at most DUPLICATES runs too many; args the same at every run. False
 * after printing what is broken.
 */
bool crew_invariants(struct crew *c, size_t duplicates);

#endif
