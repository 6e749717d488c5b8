/* Threads, and waiting on the monotonic clock. */
#include "test.h"

#include "base/clock.h"
#include "base/thread.h"
#include <poll.h>
#include <signal.h>
#include <unistd.h>

struct seen {
	bool blocks_term;
};

static void *look(void *arg)
{
	struct seen *seen = arg;
	sigset_t blocked;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	seen->blocks_term = sigismember(&blocked, SIGTERM);
	return NULL;
}

TEST(a_thread_takes_no_signals_and_the_starter_still_does)
{
	struct seen seen = {0};
	sigset_t blocked;
	cwork_error err;
	pthread_t thread;

	CHECK_INT(thread_start(&thread, "looker", look, &seen, &err), 0);
	pthread_join(thread, NULL);
	CHECK(seen.blocks_term);
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	CHECK(!sigismember(&blocked, SIGTERM));
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;
static bool told;

static void *wait_to_be_told(void *arg)
{
	(void)arg;
	guard(&mutex);
	while (!told)
		cond_wait_until(&cond, &mutex, -1);
	return NULL;
}

TEST(a_long_name_is_cut_not_refused)
{
	pthread_t thread;
	char name[32];

	told = false;
	CHECK_INT(cond_init(&cond), 0);
	CHECK_INT(thread_start(&thread, "a name of many letters", wait_to_be_told, NULL, NULL), 0);
	pthread_getname_np(thread, name, sizeof(name));
	pthread_mutex_lock(&mutex);
	told = true;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
	pthread_cond_destroy(&cond);
	CHECK_STR(name, "a name of many ");
}

TEST(waiting_ends_at_the_deadline)
{
	int64_t deadline = clock_mono_ms() + 20;
	pthread_cond_t quiet;
	bool in_time = true;

	CHECK_INT(cond_init(&quiet), 0);
	pthread_mutex_lock(&mutex);
	while (in_time)
		in_time = cond_wait_until(&quiet, &mutex, deadline);
	pthread_mutex_unlock(&mutex);
	pthread_cond_destroy(&quiet);
	CHECK(clock_mono_ms() >= deadline);
}

TEST(a_guard_holds_the_lock_to_the_end_of_its_scope)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

	{
		guard(&m);
		CHECK(pthread_mutex_trylock(&m) != 0);
	}
	CHECK_INT(pthread_mutex_trylock(&m), 0);
	pthread_mutex_unlock(&m);
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

TEST(an_event_stays_until_it_is_cleared_however_often_it_was_signalled)
{
	cwork_error err;
	int fd = event_open(&err);

	CHECK(fd >= 0);
	CHECK(!readable(fd));
	event_signal(fd);
	event_signal(fd);
	CHECK(readable(fd));
	event_clear(fd);
	CHECK(!readable(fd));
	event_clear(fd);
	close(fd);
}
