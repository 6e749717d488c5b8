/*
 * Threads, and waiting with a deadline on the monotonic clock. Locks are plain
 * pthread mutexes; these are the parts that are easy to get wrong.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <cwork/error.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Start a thread with all signals blocked and a name (cut to 15 bytes, seen in top -H). */
int thread_start(pthread_t *out, const char *name, void *(*fn)(void *), void *arg,
		 cwork_error *err);

/* A condition variable on the monotonic clock. */
int cond_init(pthread_cond_t *cond);
/* Wait until signalled or DEADLINE_MS (clock_mono_ms); below zero: no deadline. False at the
 * deadline. */
bool cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t deadline_ms);

/* An event to be polled: an eventfd, close-on-exec, non-blocking. */
int event_open(cwork_error *err); /* the descriptor, or a failure */
void event_signal(int fd);
void event_clear(int fd);

static inline void mutex_unlockp(pthread_mutex_t **mutex)
{
	pthread_mutex_unlock(*mutex);
}

#define GUARD_NAME2_(line) guard_##line
#define GUARD_NAME_(line) GUARD_NAME2_(line)
/* Hold MUTEX to the end of the scope. */
#define guard(mutex)                                                                               \
	__attribute__((cleanup(mutex_unlockp), unused)) pthread_mutex_t *GUARD_NAME_(__LINE__) =   \
		(pthread_mutex_lock(mutex), (mutex))

#endif
