/*
 * Joining the private server: take a share of the users lock, see to it that a
 * guardian lives, wait until the server answers. No pid files, nothing to be
 * stale: only locks tell what runs (see guardian.h).
 */
#include "redis/embedded.h"
#include "base/clock.h"
#include "base/error.h"
#include "redis/guardian.h"
#include "redis/net.h"
#include "redis/private_dir.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	START_TIMEOUT_MS = 10000,
	ANSWER_TIMEOUT_MS = 2000,
	POLL_MS = 3,
	GUARDIANS_MAX = 2, /* that one join starts before it gives up */
};

struct embedded {
	int dir;
	int users; /* holds the shared lock */
	char *path;
	char *socket;
	char *program;
};

static void pause_a_little(void)
{
	static const struct timespec t = {.tv_nsec = POLL_MS * 1000000L};

	nanosleep(&t, NULL);
}

/* PROGRAM in one of the directories of PATH, or NULL. Relative ones are not trusted. */
static char *find_in_path(const char *program)
{
	const char *path = getenv("PATH");
	char *file;

	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	while (*path) {
		size_t len = strcspn(path, ":");

		if (path[0] == '/' && asprintf(&file, "%.*s/%s", (int)len, path, program) >= 0) {
			if (access(file, X_OK) == 0)
				return file;
			free(file);
		}
		path += len;
		path += *path == ':';
	}
	return NULL;
}

static int find_program(struct embedded *e, cwork_error *err)
{
	e->program = find_in_path("redis-server");
	if (!e->program)
		e->program = find_in_path("valkey-server");
	if (e->program)
		return 0;
	return error_set(err, CWORK_E_SYSTEM,
			 "an embedded: URL needs the program redis-server or valkey-server "
			 "(apt install redis-server), and neither is in PATH");
}

static int name_socket(struct embedded *e, cwork_error *err)
{
	size_t max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (asprintf(&e->socket, "%s/" GUARDIAN_SOCKET, e->path) < 0) {
		e->socket = NULL;
		return error_nomem(err);
	}
	if (strlen(e->socket) <= max)
		return 0;
	return error_set(err, CWORK_E_INVALID,
			 "the path of the directory is too long: that of the socket in it may have "
			 "%zu bytes and has %zu",
			 max, strlen(e->socket));
}

static int open_lock(const struct embedded *e, const char *name, cwork_error *err)
{
	int fd = openat(e->dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? error_errno(err, errno, "can't open %s/%s", e->path, name) : fd;
}

/* A guardian that is shutting down has the lock until its server has ended. */
static int take_share(struct embedded *e, int64_t deadline_ms, cwork_error *err)
{
	e->users = open_lock(e, GUARDIAN_USERS, err);
	if (e->users < 0)
		return e->users;
	while (flock(e->users, LOCK_SH | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(err, errno, "can't lock %s/" GUARDIAN_USERS, e->path);
		if (clock_mono_ms() > deadline_ms)
			return error_set(err, CWORK_E_BUSY,
					 "the private server in %s is still shutting down",
					 e->path);
		pause_a_little();
	}
	return 0;
}

/* 1 when a guardian had to be started, 0 when one lives. */
static int ensure_guardian(const struct embedded *e, cwork_error *err)
{
	int lock = open_lock(e, GUARDIAN_LOCK, err), r = 0;

	if (lock < 0)
		return lock;
	if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
		r = guardian_start(e->dir, lock, e->program, err);
		r = r < 0 ? r : 1;
	}
	close(lock);
	return r;
}

enum answer { ANSWER_NONE, ANSWER_LOADING, ANSWER_READY };

static enum answer read_answer(int fd)
{
	static const char loading[] = "-LOADING";
	char text[64] = "";

	if (send(fd, "PING\r\n", 6, MSG_NOSIGNAL) != 6)
		return ANSWER_NONE;
	if (net_wait(fd, POLLIN, clock_mono_ms() + ANSWER_TIMEOUT_MS) <= 0)
		return ANSWER_NONE;
	if (recv(fd, text, sizeof(text) - 1, 0) <= 0)
		return ANSWER_NONE;
	return strncmp(text, loading, sizeof(loading) - 1) == 0 ? ANSWER_LOADING : ANSWER_READY;
}

static enum answer ask(const struct embedded *e)
{
	int fd = net_connect_unix(e->socket, clock_mono_ms() + ANSWER_TIMEOUT_MS, NULL);
	enum answer answer;

	if (fd < 0)
		return ANSWER_NONE;
	answer = read_answer(fd);
	close(fd);
	return answer;
}

/* The last line of the server's log, into TEXT. */
static void last_log_line(const struct embedded *e, char *text, size_t size)
{
	int fd = openat(e->dir, GUARDIAN_LOG, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n = -1;
	char *newline;

	if (fd >= 0 && fstat(fd, &st) == 0) {
		off_t from = st.st_size > (off_t)size - 1 ? st.st_size - (off_t)size + 1 : 0;

		n = pread(fd, text, size - 1, from);
	}
	if (fd >= 0)
		close(fd);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	text[n > 0 ? n : 0] = '\0';
	newline = strrchr(text, '\n');
	if (newline)
		memmove(text, newline + 1, strlen(newline));
}

static int did_not_start(const struct embedded *e, cwork_error *err)
{
	char line[160];

	last_log_line(e, line, sizeof(line));
	return error_set(err, CWORK_E_CONNECT, "the private server does not come up; see %s/%s: %s",
			 e->path, GUARDIAN_LOG, line);
}

/* Loading a large file may take any time, as long as the server says so. */
static int await_server(const struct embedded *e, cwork_error *err)
{
	int64_t deadline_ms = clock_mono_ms() + START_TIMEOUT_MS;
	int guardians = 0;

	for (;;) {
		int r = ensure_guardian(e, err);

		if (r < 0)
			return r;
		guardians += r;
		switch (ask(e)) {
		case ANSWER_READY:
			return 0;
		case ANSWER_LOADING:
			deadline_ms = clock_mono_ms() + START_TIMEOUT_MS;
			break;
		case ANSWER_NONE:
			break;
		}
		if (clock_mono_ms() > deadline_ms || guardians > GUARDIANS_MAX)
			return did_not_start(e, err);
		pause_a_little();
	}
}

static void leavep(struct embedded **e)
{
	embedded_leave(*e);
}

int embedded_join(struct embedded **out, const char *dir, cwork_error *err)
{
	own_by(leavep) struct embedded *e = calloc(1, sizeof(*e));
	int r;

	if (!e)
		return error_nomem(err);
	e->users = e->dir = -1;
	r = find_program(e, err);
	if (r < 0)
		return r;
	e->dir = private_dir_open(&e->path, dir, err);
	r = e->dir < 0 ? e->dir : name_socket(e, err);
	if (r == 0)
		r = take_share(e, clock_mono_ms() + START_TIMEOUT_MS, err);
	if (r == 0)
		r = await_server(e, err);
	if (r < 0)
		return r;
	*out = take(e);
	return 0;
}

struct embedded *embedded_leave(struct embedded *e)
{
	if (!e)
		return NULL;
	/* Not unlocked: a forked child that leaves would release its parent's lock too. */
	if (e->users >= 0)
		close(e->users);
	if (e->dir >= 0)
		close(e->dir);
	free(e->path);
	free(e->socket);
	free(e->program);
	free(e);
	return NULL;
}

void embedded_revive(struct embedded *e)
{
	ensure_guardian(e, NULL);
}

const char *embedded_socket(const struct embedded *e)
{
	return e->socket;
}
