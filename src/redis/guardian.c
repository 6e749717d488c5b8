/*
 * Forked, not executed: there is no program that could be counted on to be
 * installed. The fork may come from a process with threads, so until it ends it
 * calls only what is safe in a signal handler: no malloc, no stdio.
 *
 * Design notes. The guardian has two children: the server, and a watcher that
 * waits for the exclusive lock on users and exits when it has it. The lock
 * belongs to the open file that both share, so it stays with the guardian. Thus
 * one blocking waitpid() serves all events, and an idle guardian never wakes.
 *
 * Nothing may be inherited from the user: its descriptors hold its shared lock
 * (and sockets, pipes), its handlers run its code. A guardian killed with -9
 * takes its children with it (PR_SET_PDEATHSIG); the server still saves what it
 * has, and keeps the lock on its file until it has ended, so that a successor
 * can't write to the same append-only file.
 */
#include "redis/guardian.h"
#include "base/error.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	BACKOFF_MIN_MS = 50,
	BACKOFF_MAX_MS = 5000,
	QUICK_MS = 1000, /* a server that ends so soon has not come up */
	QUICK_ENDS_MAX = 3,
	STOP_TIMEOUT_MS = 60000, /* then SIGKILL; a large append-only file may take long to sync */
	STOP_POLL_MS = 5,
	LOG_MAX_BYTES = 1024 * 1024, /* a larger log is emptied at the start */
};

struct guardian {
	int dir;
	int lock;
	int users;
	const char *program;
	pid_t watcher;
	pid_t server;
	int64_t started_ms; /* the server */
	int backoff_ms;
	int quick_ends; /* failures in a row */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static void close_range_or_each(unsigned first, unsigned last)
{
	struct rlimit limit;

	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > 65536)
		limit.rlim_cur = 65536;
	for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; fd++)
		close((int)fd);
}

/* Close all but A and B (and what stdio becomes). */
static void close_others(int a, int b)
{
	unsigned low = (unsigned)(a < b ? a : b), high = (unsigned)(a < b ? b : a);

	close_range_or_each(3, low - 1);
	close_range_or_each(low + 1, high - 1);
	close_range_or_each(high + 1, UINT32_MAX);
}

static void reset_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int sig = 1; sig < _NSIG; sig++)
		sigaction(sig, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Open PATH as descriptor TARGET. */
static void reopen(int target, int dir, const char *path, int flags)
{
	int fd = openat(dir, path, flags | O_NOFOLLOW, 0600);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	if (fd >= 0 && fd != target) {
		dup2(fd, target);
		close(fd);
	}
}

/* Die with the guardian; false if it is dead already. */
static bool bind_to_parent(int sig, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, sig);
	return getppid() == parent;
}

static void lock_exclusive(int fd)
{
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
}

static void watch_users(const struct guardian *g, pid_t guardian)
{
	close(g->lock);
	close(g->dir);
	if (!bind_to_parent(SIGKILL, guardian))
		_exit(1);
	prctl(PR_SET_NAME, "cwork-watcher");
	lock_exclusive(g->users);
	_exit(0);
}

static void run_server(const struct guardian *g, int lock, pid_t guardian)
{
	char *argv[] = {
		"redis-server",
		"--port",
		"0",
		"--unixsocket",
		GUARDIAN_SOCKET,
		"--unixsocketperm",
		"700",
		"--dir",
		".",
		"--logfile",
		GUARDIAN_LOG,
		"--daemonize",
		"no",
		"--appendonly",
		"yes",
		"--appendfsync",
		"everysec",
		"--save",
		"",
		"--maxmemory-policy",
		"noeviction",
		NULL,
	};

	reset_signals();
	if (!bind_to_parent(SIGTERM, guardian))
		_exit(1);
	reopen(STDOUT_FILENO, g->dir, GUARDIAN_LOG, O_WRONLY | O_CREAT | O_APPEND);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	fcntl(lock, F_SETFD, 0); /* goes with the server, for its life */
	execv(g->program, argv);
	_exit(127);
}

static pid_t fork_patiently(void)
{
	pid_t pid;

	while ((pid = fork()) < 0)
		pause_ms(BACKOFF_MAX_MS);
	return pid;
}

static void start_watcher(struct guardian *g)
{
	pid_t guardian = getpid();

	g->watcher = fork_patiently();
	if (g->watcher == 0)
		watch_users(g, guardian);
}

/*
 * Waits first for the end of a server whose guardian was killed. Signals are
 * blocked around the fork: a SIGTERM that came while the child still ignores it,
 * as the guardian does, would be lost, and the server would never be stopped.
 */
static void start_server(struct guardian *g)
{
	pid_t guardian = getpid();
	sigset_t all, before;
	int lock = openat(g->dir, GUARDIAN_SERVER, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (lock < 0)
		_exit(1);
	lock_exclusive(lock);
	g->started_ms = now_ms();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	g->server = fork_patiently();
	if (g->server == 0)
		run_server(g, lock, guardian);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(lock);
}

/*
 * Gives up on a server that can't start, so that those who wait for it learn
 * that soon; whoever connects next starts a new guardian.
 */
static void restart_server(struct guardian *g, bool failed)
{
	int64_t lived_ms = now_ms() - g->started_ms;

	g->quick_ends = failed && lived_ms < QUICK_MS ? g->quick_ends + 1 : 0;
	if (g->quick_ends == QUICK_ENDS_MAX)
		_exit(1);
	if (lived_ms > BACKOFF_MAX_MS)
		g->backoff_ms = BACKOFF_MIN_MS;
	pause_ms(g->backoff_ms);
	g->backoff_ms = g->backoff_ms * 2 < BACKOFF_MAX_MS ? g->backoff_ms * 2 : BACKOFF_MAX_MS;
	start_server(g);
}

static void stop_server(struct guardian *g)
{
	int64_t until = now_ms() + STOP_TIMEOUT_MS;

	kill(g->server, SIGTERM);
	while (waitpid(g->server, NULL, WNOHANG) == 0) {
		if (now_ms() > until)
			kill(g->server, SIGKILL);
		pause_ms(STOP_POLL_MS);
	}
	unlinkat(g->dir, GUARDIAN_SOCKET, 0);
}

/* Returns when the last user is gone. */
static void attend(struct guardian *g)
{
	int status = 0;

	for (;;) {
		pid_t ended = waitpid(-1, &status, 0);
		bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;

		if (ended == g->watcher) {
			if (!failed)
				return;
			start_watcher(g);
		} else if (ended == g->server) {
			restart_server(g, failed);
		}
	}
}

static void empty_large_log(int dir)
{
	int fd = openat(dir, GUARDIAN_LOG, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_size > LOG_MAX_BYTES && ftruncate(fd, 0) < 0)
		_exit(1); /* a file system where not even this works */
	close(fd);
}

/*
 * A terminal's signals do not reach a session of its own. SIGTERM may, when a
 * service manager sends it to all at once; the server then ends by itself, and
 * is wanted again while its users still finish their work.
 */
static void ignore_signals(void)
{
	static const int signals[] = {SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
	struct sigaction action = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static void detach_stdio(int dir)
{
	for (int fd = 0; fd < 3; fd++) {
		close(fd);
		reopen(fd, dir, "/dev/null", O_RDWR);
	}
}

static void guardian_main(int dir, int lock, const char *program)
{
	struct guardian g = {
		.dir = dir, .lock = lock, .program = program, .backoff_ms = BACKOFF_MIN_MS};

	prctl(PR_SET_NAME, "cwork-guardian");
	reset_signals();
	ignore_signals();
	umask(077);
	detach_stdio(dir);
	if (fchdir(dir) < 0)
		_exit(1);
	empty_large_log(dir);
	g.users = openat(dir, GUARDIAN_USERS, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (g.users < 0)
		_exit(1);
	start_watcher(&g);
	start_server(&g);
	attend(&g);
	stop_server(&g);
	_exit(0);
}

/* FD, out of the way of stdio: a user whose own is closed may have got one of its numbers. */
static int above_stdio(int fd)
{
	return fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* The process in between exits at once, so that the guardian is no child of the user's. */
static void leave_family(int dir, int lock, const char *program)
{
	pid_t pid;

	dir = above_stdio(dir);
	lock = above_stdio(lock);
	if (dir < 0 || lock < 0)
		_exit(1);
	close_others(dir, lock);
	setsid();
	pid = fork();
	if (pid == 0)
		guardian_main(dir, lock, program);
	_exit(pid < 0);
}

int guardian_start(int dir, int lock, const char *program, cwork_error *err)
{
	sigset_t all, before;
	pid_t pid;
	int errnum;

	/* The user's signal handlers must not run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		leave_family(dir, lock, program);
	errnum = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		return error_errno(err, errnum, "fork");
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}
