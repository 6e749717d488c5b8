/* Threads, and waiting on the monotonic clock. */
#include "base/thread.h"

#include "base/error.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int thread_start(pthread_t *out, const char *name, void *(*fn)(void *), void *arg, cwork_error *err)
{
	char short_name[16];
	sigset_t all, old;
	int r;

	/* Signals are the program's: a library's thread must never be the one to take them. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(out, NULL, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return error_errno(err, r, "can't start a thread");
	snprintf(short_name, sizeof(short_name), "%s", name);
	pthread_setname_np(*out, short_name);
	return 0;
}

int cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int r;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	r = pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
	return r == 0 ? 0 : CWORK_E_SYSTEM;
}

bool cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t deadline_ms)
{
	struct timespec ts = {
		.tv_sec = deadline_ms / 1000,
		.tv_nsec = deadline_ms % 1000 * 1000000,
	};

	if (deadline_ms < 0)
		return pthread_cond_wait(cond, mutex) == 0;
	return pthread_cond_timedwait(cond, mutex, &ts) != ETIMEDOUT;
}

int event_open(cwork_error *err)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd >= 0 ? fd : error_errno(err, errno, "can't make an event descriptor");
}

void event_signal(int fd)
{
	uint64_t one = 1;
	ssize_t n = write(fd, &one, sizeof(one)); /* fails only when it is signalled already */

	(void)n;
}

void event_clear(int fd)
{
	uint64_t value;
	ssize_t n = read(fd, &value, sizeof(value));

	(void)n;
}
