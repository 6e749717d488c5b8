/* From what a caller asks for to what is pushed: checking a new job and writing its bytes. */
#ifndef ENQUEUE_NEW_JOB_H
#define ENQUEUE_NEW_JOB_H

#include "base/arena.h"
#include "store/keys.h"
#include "store/push.h"
#include <cwork/enqueue.h>

/*
 * Check NEW_JOB and prepare its push; everything is in A. ID, CWORK_ID_SIZE
 * bytes, is where a new id is made when the caller gave none. BAD_NAME,
 * BAD_JSON, TOO_LARGE, INVALID, NOMEM.
 */
int new_job_prepare(struct push *out, const struct keys *keys, struct arena *a,
		    const cwork_new_job *new_job, char *id, size_t max_bytes, cwork_error *err);

#endif
