/*
 * A pool's life: start, run until a signal, drain, stop.
 *
 * The order of stopping. First the workers are told to take nothing more, and
 * the stopping thread takes the lead. Jobs that nobody started go back to the
 * front of their queues. While handlers finish within the grace period, their
 * results are settled as they come. What still runs then is put back in one
 * step and told to end. Last, the housekeeper stops and the pool goes off the
 * books, if nothing of it is left in progress: otherwise its heartbeat stays,
 * so that other pools find what is left.
 */
#include "base/clock.h"
#include "base/error.h"
#include "pool/pool.h"
#include "pool/run.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* After the grace period: how long to go on telling Redis what has become of the jobs. */
#define SETTLE_MS 5000

static int check_state(cwork_pool *pool, enum pool_state wanted, const char *text, cwork_error *err)
{
	guard(&pool->mutex);
	return pool->state == wanted ? 0 : error_set(err, CWORK_E_STATE, "%s", text);
}

/* Go from one state to another, for one caller only; who waits for a change is told. */
static int change_state(cwork_pool *pool, enum pool_state from, enum pool_state to,
			const char *text, cwork_error *err)
{
	guard(&pool->mutex);
	if (pool->state != from)
		return error_set(err, CWORK_E_STATE, "%s", text);
	pool->state = to;
	pthread_cond_broadcast(&pool->changed);
	return 0;
}

static int make_workers(cwork_pool *pool, cwork_error *err)
{
	pool->workers = calloc(pool->options.concurrency, sizeof(*pool->workers));
	if (!pool->workers)
		return error_nomem(err);
	for (unsigned i = 0; i < pool->options.concurrency; i++) {
		int r = worker_init(&pool->workers[i], pool, err);

		if (r < 0)
			return r;
		pool->worker_count = i + 1;
	}
	return 0;
}

static int prepare(cwork_pool *pool, cwork_error *err)
{
	int r = registry_freeze(&pool->registry, &pool->keys, err);

	if (r == 0)
		r = lease_new(&pool->lease, &pool->keys, &pool->registry, err);
	if (r == 0)
		r = make_workers(pool, err);
	if (r == 0)
		r = leader_init(&pool->leader, pool, err);
	return r < 0 ? r : housekeeper_init(&pool->housekeeper, pool, err);
}

/* Wrong credentials will not get better; anything else may, and is waited for. */
static int try_to_register(cwork_pool *pool, cwork_error *err)
{
	cwork_error why = {0};
	int r = housekeeper_register(&pool->housekeeper, &why);

	if (r == CWORK_E_AUTH) {
		if (err)
			*err = why;
		return r;
	}
	if (r < 0)
		log_line(&pool->log, CWORK_LOG_WARNING, NULL, "waiting for Redis at %s: %s",
			 redis_server_text(pool->server), why.text);
	return 0;
}

static int start_threads(cwork_pool *pool, cwork_error *err)
{
	int r = housekeeper_start(&pool->housekeeper, err);

	while (r == 0 && pool->workers_started < pool->worker_count) {
		unsigned i = pool->workers_started;

		r = worker_start(&pool->workers[i], i, err);
		if (r == 0)
			pool->workers_started++;
	}
	return r;
}

int cwork_pool_start(cwork_pool *pool, cwork_error *err)
{
	int r;

	if (pool->registry.count == 0)
		return error_set(err, CWORK_E_INVALID, "the pool has no job types");
	r = change_state(pool, POOL_NEW, POOL_RUNNING, "a pool can be started once", err);
	if (r < 0)
		return r;
	pool->started_at_s = clock_now_s();
	r = prepare(pool, err);
	if (r == 0)
		r = try_to_register(pool, err);
	if (r < 0) {
		change_state(pool, POOL_RUNNING, POOL_STOPPED, "", NULL);
		return r;
	}
	r = start_threads(pool, err);
	if (r < 0)
		cwork_pool_stop(pool, NULL);
	return r;
}

static bool workers_have_ended(cwork_pool *pool)
{
	guard(&pool->mutex);
	return pool->workers_ended == pool->workers_started;
}

/* Settle what comes in, until no worker runs any more or the deadline. */
static bool finish_running(cwork_pool *pool, int64_t deadline_ms)
{
	while (!workers_have_ended(pool)) {
		if (clock_mono_ms() >= deadline_ms || atomic_load(&pool->hurried))
			return false;
		if (leader_settle(&pool->leader, NULL) < 0)
			usleep(20000);
		else if (!workers_have_ended(pool))
			leader_wait(&pool->leader, deadline_ms);
	}
	return true;
}

/* Go on trying STEP while Redis is in trouble, up to the deadline. */
static int insist(cwork_pool *pool, int (*step)(struct leader *, cwork_error *),
		  int64_t deadline_ms, cwork_error *err)
{
	int r;

	while ((r = step(&pool->leader, err)) < 0 && clock_mono_ms() < deadline_ms)
		usleep(20000);
	return r;
}

static int settle_and_deregister(cwork_pool *pool, bool ended, int64_t deadline_ms,
				 cwork_error *err)
{
	int64_t left = 0;
	int r = insist(pool, leader_settle, deadline_ms, err);

	if (r == 0 && !ended)
		r = insist(pool, leader_give_back_running, deadline_ms, err);
	if (r == 0 && !ended) /* what has ended meanwhile */
		r = insist(pool, leader_settle, deadline_ms, err);
	housekeeper_stop(&pool->housekeeper);
	if (r < 0)
		return r;
	r = housekeeper_deregister(&pool->housekeeper, &left, err);
	if (r == 0 && left > 0)
		log_line(&pool->log, CWORK_LOG_WARNING, NULL,
			 "%lld jobs stay in progress; other pools will find them", (long long)left);
	return r;
}

static int stop(cwork_pool *pool, cwork_error *err)
{
	int64_t deadline_ms = clock_mono_ms() + pool->options.grace_ms;
	bool ended;
	int r;

	atomic_store(&pool->leader.stopping, true);
	handover_stop(&pool->handover);
	handover_seize_lead(&pool->handover);
	leader_give_back_unstarted(&pool->leader);
	ended = finish_running(pool, deadline_ms);
	r = settle_and_deregister(pool, ended, clock_mono_ms() + SETTLE_MS, err);
	if (r < 0)
		log_line(&pool->log, CWORK_LOG_ERROR, NULL,
			 "stopped without telling Redis all: other pools will run some jobs again");
	return r < 0 ? r : ended ? 0 : CWORK_UNFINISHED;
}

int cwork_pool_stop(cwork_pool *pool, cwork_error *err)
{
	int r = change_state(pool, POOL_RUNNING, POOL_STOPPING, "the pool does not run", err);

	if (r < 0)
		return r;
	r = stop(pool, err);
	change_state(pool, POOL_STOPPING, POOL_STOPPED, "", NULL);
	return r;
}

int cwork_pool_drain(cwork_pool *pool, cwork_error *err)
{
	uint64_t ticket;
	int r = check_state(pool, POOL_RUNNING, "the pool does not run", err);

	if (r < 0)
		return r;
	{
		guard(&pool->mutex);
		ticket = ++pool->drain_asked;
	}
	event_signal(pool->handover.event);
	guard(&pool->mutex);
	while (pool->drain_done < ticket && pool->state == POOL_RUNNING)
		pthread_cond_wait(&pool->changed, &pool->mutex);
	return pool->drain_done >= ticket ? 0
					  : error_set(err, CWORK_E_STATE, "the pool was stopped");
}

/* Take a signal that has come; 0 when there is none. */
static int take_signal(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

/* Wait for SIGINT or SIGTERM. */
static int wait_for_signal(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	int signal = 0;

	while (signal == 0) {
		poll(&wait, 1, -1);
		signal = take_signal(fd);
	}
	return signal;
}

struct hurry {
	cwork_pool *pool;
	int signal_fd, done_fd;
};

/* A second signal ends the grace period. */
static void *watch_for_second_signal(void *arg)
{
	struct hurry *hurry = arg;
	struct pollfd fds[] = {{.fd = hurry->signal_fd, .events = POLLIN},
			       {.fd = hurry->done_fd, .events = POLLIN}};

	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	if (fds[0].revents & POLLIN) {
		atomic_store(&hurry->pool->hurried, true);
		event_signal(hurry->pool->handover.event);
	}
	return NULL;
}

static int stop_watching_signals(cwork_pool *pool, int signal_fd, cwork_error *err)
{
	struct hurry hurry = {pool, signal_fd, event_open(NULL)};
	pthread_t thread;
	bool watching =
		hurry.done_fd >= 0 &&
		thread_start(&thread, "cwork-signal", watch_for_second_signal, &hurry, NULL) == 0;
	int r = cwork_pool_stop(pool, err);

	if (watching) {
		event_signal(hurry.done_fd);
		pthread_join(thread, NULL);
	}
	if (hurry.done_fd >= 0)
		close(hurry.done_fd);
	return r;
}

int cwork_pool_run(cwork_pool *pool, cwork_error *err)
{
	sigset_t set, old;
	int fd, r, signal;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	r = fd < 0 ? error_errno(err, errno, "can't wait for signals")
		   : cwork_pool_start(pool, err);
	if (r == 0) {
		signal = wait_for_signal(fd);
		log_line(&pool->log, CWORK_LOG_INFO, NULL, "%s: stopping",
			 signal == SIGINT ? "interrupted" : "terminated");
		r = stop_watching_signals(pool, fd, err);
	}
	if (fd >= 0) {
		/* A signal still pending would kill the program once it is unblocked. */
		while (take_signal(fd))
			;
		close(fd);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}
