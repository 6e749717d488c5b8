/* What the demo's jobs and its screen share: counters of what happened. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include "cli.h"

#include <stdatomic.h>

#define DEMO_FEED 7 /* lines of the live view */

struct demo {
	const struct cli *cli;
	atomic_long done[8]; /* by job type */
	atomic_long failed[8];
	atomic_long checkins;
	atomic_long duplicates;
	int64_t start_ms;
};

enum demo_type {
	DEMO_THUMBNAIL,
	DEMO_EXPORT,
	DEMO_FLAKY,
	DEMO_BROKEN,
	DEMO_CACHE,
	DEMO_REMINDER,
	DEMO_REPORT,
	DEMO_TYPES
};

extern const char *const demo_names[DEMO_TYPES];

/* Register the handlers; D is their data. */
int demo_register(cwork_pool *pool, struct demo *d, cwork_error *err);
/* Put the jobs in. */
int demo_enqueue(cwork_enqueuer *q, struct demo *d, cwork_error *err);
/* Have all jobs come to their end? */
bool demo_is_over(struct demo *d);
int64_t demo_now_ms(void);
/* A line of the feed: what just happened. */
void demo_say(struct demo *d, enum demo_type type, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Draw the live view once; ERASE moves over the last one. */
void demo_draw(struct demo *d, cwork_pool *pool, cwork_client *client, bool erase);
void demo_explain(struct demo *d, cwork_client *client, const char *redis, bool keep);

#endif
