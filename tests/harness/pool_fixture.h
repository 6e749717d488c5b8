/* Pools and enqueuers of a test: made on the program's server, recording what runs, freed at the
 * end of the scope. */
#ifndef TESTS_POOL_FIXTURE_H
#define TESTS_POOL_FIXTURE_H

#include "base/own.h"
#include <cwork/cwork.h>
#include <stdatomic.h>
#include <stdio.h>

/* own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer(); */
cwork_enqueuer *fixture_enqueuer(void);
/* A pool with a short grace period and a quiet log; OPTIONS (may be NULL) without redis and ns. */
cwork_pool *fixture_pool(const cwork_pool_options *options);
/* Start a pool, drain it, stop it. */
bool fixture_run_all(cwork_pool *pool);

static inline void enqueuer_freep(cwork_enqueuer **q)
{
	cwork_enqueuer_free(*q);
}

static inline void pool_freep(cwork_pool **pool)
{
	cwork_pool_free(*pool);
}

#endif
