/* Learning again what is in progress, after an answer was lost. */
#ifndef POOL_RESYNC_H
#define POOL_RESYNC_H

#include <cwork/error.h>

struct leader;
struct lease;

/*
 * Read the lease's in-progress lists and make the mirror equal to them: jobs
 * that stand there and are not known here were fetched by a step whose answer
 * was lost, and are put into the ring; known ones that do not stand there are
 * somebody else's now. Clears lease->unsure when it is done.
 */
int resync(struct leader *l, struct lease *lease, cwork_error *err);

#endif
