/*
 * Moving scheduled and retried jobs into their queues when they are due
 * (docs/guarantees.md): planned here, so that only the span of t
 * changes, 100 at a time; the moving is one atomic step that skips what another
 * pool has moved meanwhile.
 */
#ifndef POOL_REQUEUER_H
#define POOL_REQUEUER_H

#include "base/log.h"
#include "pool/registry.h"
#include "pool/side.h"

struct requeuer {
	struct side *side;
	const struct keys *keys;
	const struct registry *registry;
	const struct log *log;
	int64_t due_ms; /* when to look again; wall clock, ms */
};

/*
 * Move what is due, at most a bounded number. Sets due_ms to when the next job
 * is due, or now when there is more. Returns 0 or a failure.
 */
int requeuer_step(struct requeuer *q, cwork_error *err);

#endif
