/* Ending a unique job's claim before it runs, and taking over the newest arguments (wire-format.md
 * §5). */
#ifndef POOL_TAKEOVER_H
#define POOL_TAKEOVER_H

#include <stdbool.h>

struct cwork_job;

/*
 * For a unique job that has not failed yet: end its claim; when the claim holds
 * a newer job, JOB becomes that one, here and in its in-progress list. Returns
 * true when the job must not run here: its fate is decided. Waits while Redis
 * is away.
 */
bool takeover_unique(struct cwork_job *job);

#endif
