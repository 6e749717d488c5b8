/* What a worker is running, for the client to see (wire-format.md §11). */
#ifndef STORE_OBSERVATION_H
#define STORE_OBSERVATION_H

#include "redis/conn.h"
#include "store/keys.h"

struct observation {
	struct slice job_name, job_id;
	int64_t started_at_s;
	struct slice args;    /* JSON, or empty for no arguments */
	struct slice checkin; /* empty: none yet */
	int64_t checkin_at_s;
};

/* Write what the worker of KEY runs; NULL: nothing. */
void observe_begin(struct redis *r, struct slice key, const struct observation *o);

#endif
