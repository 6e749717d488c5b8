/*
 * The private server's life: it comes with its first user and goes with its
 * last, whatever becomes of either. Users that are to be killed are processes
 * of their own.
 */
#include "base/clock.h"
#include "base/own.h"
#include "base/parse.h"
#include "base/strbuf.h"
#include "harness/test.h"
#include "redis/conn.h"
#include "redis/embedded.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static cwork_error err;
static struct arena arena;

/* A directory for one test: made, named in DIR, and removed at the end of the scope. */
struct place {
	char base[64];
	char dir[80];
	char url[96];
};

static struct place make_place(void)
{
	struct place p = {.base = "/tmp/cwork-embedded-XXXXXX"};

	if (!mkdtemp(p.base))
		test_failed(__FILE__, __LINE__, "mkdtemp: %s", strerror(errno));
	snprintf(p.dir, sizeof(p.dir), "%s/r", p.base);
	snprintf(p.url, sizeof(p.url), "embedded:%s", p.dir);
	return p;
}

/* True when nobody holds the lock on FILE of P. */
static bool is_free(const struct place *p, const char *file)
{
	char path[128];
	bool free;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", p->dir, file);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return true;
	free = flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return free;
}

static bool all_gone(const struct place *p)
{
	return is_free(p, "server") && is_free(p, "guardian") && is_free(p, "users");
}

static void remove_place(struct place *p)
{
	char command[128];
	int64_t deadline = test_deadline_ms();

	while (!all_gone(p) && test_wait_a_little(deadline))
		;
	if (!all_gone(p))
		test_failed(__FILE__, __LINE__, "processes are left in %s", p->dir);
	snprintf(command, sizeof(command), "rm -rf %s", p->base);
	if (system(command) != 0)
		test_failed(__FILE__, __LINE__, "%s", command);
}

static void leavep(struct embedded **e)
{
	embedded_leave(*e);
}

/* Run one command at URL; the reply as text, "" when that fails (ERR says why). */
static const char *run(const char *url, const char *a, const char *b, const char *c)
{
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	own_by(redis_freep) struct redis *r = NULL;
	struct reply *replies;

	if (redis_server_open(&server, url, &err) < 0 || redis_new(&r, server, NULL, &err) < 0)
		return "";
	redis_command(r, a, b, c, NULL);
	if (redis_exchange(r, &arena, &replies, &err) < 0)
		return "";
	if (replies[0].type == REPLY_INTEGER)
		return arena_printf(&arena, "%lld", (long long)replies[0].integer);
	return replies[0].str.ptr ? replies[0].str.ptr : "";
}

/* The number behind NAME in the server's INFO, from a user that joins for it. */
static int64_t info(const char *url, const char *name)
{
	const char *text = run(url, "INFO", "server", NULL);
	const char *at = strstr(text, name);
	int64_t value = -1;

	if (at) {
		at += strlen(name) + 1;
		parse_int64(slice_n(at, strcspn(at, "\r")), &value);
	}
	return value;
}

/* A process that joins P's server, adds a line to its list, and stays until it is killed. */
static pid_t start_user(const struct place *p, int *ready)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		own_by(redis_server_unrefp) struct redis_server *server = NULL;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (redis_server_open(&server, p->url, &err) < 0 ||
		    *run(p->url, "RPUSH", "list", "x") == '\0' || write(ends[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	*ready = ends[0];
	return pid;
}

static bool await_ready(int fd)
{
	char c;
	bool ready = read(fd, &c, 1) == 1;

	close(fd);
	return ready;
}

static void kill_user(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The guardian is the parent of the server. */
static pid_t guardian_of(const struct place *p)
{
	char path[64];
	int parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)info(p->url, "process_id"));
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%*d (%*[^)]) %*c %d", &parent) != 1)
		parent = 0;
	fclose(f);
	return parent;
}

TEST(the_server_comes_with_the_first_user_and_goes_with_the_last)
{
	own_by(remove_place) struct place p = make_place();
	struct embedded *a = NULL, *b = NULL;

	CHECK_INT(embedded_join(&a, p.dir, &err), 0);
	CHECK_INT(embedded_join(&b, p.dir, &err), 0);
	CHECK_STR(embedded_socket(a), embedded_socket(b));
	embedded_leave(a);
	CHECK_STR(run(p.url, "PING", NULL, NULL), "PONG");
	CHECK(!is_free(&p, "server"));
	embedded_leave(b);
	CHECK_SOON(all_gone(&p));
	CHECK(access(p.dir, F_OK) == 0);
}

TEST(data_is_there_again_after_the_last_user_left)
{
	own_by(remove_place) struct place p = make_place();

	for (int i = 1; i <= 4; i++) {
		char count[16];

		snprintf(count, sizeof(count), "%d", i);
		CHECK_STR(run(p.url, "INCR", "n", NULL), count);
		/* Joining while the old server is being stopped waits for its end. */
		if (i % 2)
			CHECK_SOON(all_gone(&p));
	}
}

TEST(a_user_killed_by_9_leaves_nothing_running_and_its_data_intact)
{
	own_by(remove_place) struct place p = make_place();
	int ready;
	pid_t user = start_user(&p, &ready);

	CHECK(await_ready(ready));
	CHECK(!is_free(&p, "server"));
	kill_user(user);
	CHECK_SOON(all_gone(&p));
	CHECK_STR(run(p.url, "LLEN", "list", NULL), "1");
}

TEST(users_that_start_at_the_same_moment_share_one_server)
{
	enum { USERS = 6 };
	own_by(remove_place) struct place p = make_place();
	pid_t users[USERS];
	int ready[USERS];

	for (int i = 0; i < USERS; i++)
		users[i] = start_user(&p, &ready[i]);
	for (int i = 0; i < USERS; i++)
		CHECK(await_ready(ready[i]));
	CHECK_STR(run(p.url, "LLEN", "list", NULL), "6");
	for (int i = 0; i < USERS; i++)
		kill_user(users[i]);
}

TEST(users_killed_in_the_middle_of_the_start_leave_nothing_running)
{
	own_by(remove_place) struct place p = make_place();

	for (int i = 0; i < 8; i++) {
		int a, b;
		pid_t first = start_user(&p, &a), second = start_user(&p, &b);

		usleep((unsigned)i * 7000);
		kill_user(first);
		kill_user(second);
		close(a);
		close(b);
	}
	CHECK_SOON(all_gone(&p));
	CHECK_STR(run(p.url, "PING", NULL, NULL), "PONG");
}

TEST(a_crashed_server_is_started_again_with_its_data)
{
	own_by(remove_place) struct place p = make_place();
	own_by(leavep) struct embedded *e = NULL;
	int64_t before;

	CHECK_INT(embedded_join(&e, p.dir, &err), 0);
	CHECK_STR(run(p.url, "RPUSH", "list", "x"), "1");
	before = info(p.url, "process_id");
	CHECK(before > 0);
	kill((pid_t)before, SIGKILL);
	CHECK_SOON(strcmp(run(p.url, "LLEN", "list", NULL), "1") == 0);
	CHECK(info(p.url, "process_id") != before);
}

TEST(a_guardian_killed_by_9_takes_the_server_along_and_is_replaced)
{
	own_by(remove_place) struct place p = make_place();
	own_by(leavep) struct embedded *e = NULL;
	int64_t before;
	pid_t guardian;

	CHECK_INT(embedded_join(&e, p.dir, &err), 0);
	CHECK_STR(run(p.url, "RPUSH", "list", "x"), "1");
	before = info(p.url, "process_id");
	guardian = guardian_of(&p);
	CHECK(guardian > 1);
	kill(guardian, SIGKILL);
	CHECK_SOON(is_free(&p, "server"));
	CHECK_STR(run(p.url, "LLEN", "list", NULL), "1");
	CHECK(info(p.url, "process_id") != before);
}

/* Those that are connected already need no newcomer for it. */
TEST(a_connection_revives_the_guardian)
{
	own_by(remove_place) struct place p = make_place();
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	own_by(redis_freep) struct redis *r = NULL;
	pid_t guardian;

	CHECK_INT(redis_server_open(&server, p.url, &err), 0);
	CHECK_INT(redis_new(&r, server, NULL, &err), 0);
	CHECK_INT(redis_connect(r, &err), 0);
	guardian = guardian_of(&p);
	CHECK(guardian > 1);
	kill(guardian, SIGKILL);
	CHECK_SOON(is_free(&p, "server"));
	redis_close(r);
	CHECK_SOON(redis_connect(r, &err) == 0);
}

TEST(signals_of_a_stopping_system_leave_a_server_for_its_users)
{
	own_by(remove_place) struct place p = make_place();
	own_by(leavep) struct embedded *e = NULL;
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
	pid_t guardian;

	CHECK_INT(embedded_join(&e, p.dir, &err), 0);
	guardian = guardian_of(&p);
	CHECK(guardian > 1);
	for (size_t i = 0; i < 3; i++) {
		kill(guardian, signals[i]);
		kill((pid_t)info(p.url, "process_id"), SIGTERM);
		CHECK_SOON(strcmp(run(p.url, "PING", NULL, NULL), "PONG") == 0);
	}
	CHECK_INT(guardian_of(&p), guardian);
}

TEST(stale_files_do_not_matter)
{
	own_by(remove_place) struct place p = make_place();
	char path[128];
	int fd;

	CHECK_INT(mkdir(p.dir, 0700), 0);
	snprintf(path, sizeof(path), "%s/redis.sock", p.dir);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	CHECK(fd >= 0);
	close(fd);
	CHECK_STR(run(p.url, "PING", NULL, NULL), "PONG");
}

TEST(only_a_directory_of_our_own_is_taken)
{
	own_by(remove_place) struct place p = make_place();
	char link[100], slash[110];
	struct embedded *e = NULL;

	CHECK_INT(mkdir(p.dir, 0755), 0);
	CHECK_INT(chmod(p.dir, 0755), 0);
	CHECK_INT(embedded_join(&e, p.dir, &err), CWORK_E_INVALID);
	CHECK(strstr(err.text, "chmod 700"));
	CHECK_INT(chmod(p.dir, 0700), 0);
	snprintf(link, sizeof(link), "%s/link", p.base);
	CHECK_INT(symlink(p.dir, link), 0);
	CHECK_INT(embedded_join(&e, link, &err), CWORK_E_SYSTEM);
	snprintf(slash, sizeof(slash), "%s/", link);
	CHECK_INT(embedded_join(&e, slash, &err), CWORK_E_SYSTEM);
	CHECK_INT(embedded_join(&e, "/proc/self", &err), CWORK_E_SYSTEM);
	if (geteuid() == 0) {
		CHECK_INT(chown(p.dir, 65534, 65534), 0);
		CHECK_INT(embedded_join(&e, p.dir, &err), CWORK_E_INVALID);
		CHECK(strstr(err.text, "another user"));
	}
}

TEST(a_path_too_long_for_a_socket_is_refused)
{
	own_by(remove_place) struct place p = make_place();
	struct embedded *e = NULL;
	char dir[200];

	snprintf(dir, sizeof(dir), "%s/%0100d", p.base, 7);
	CHECK_INT(embedded_join(&e, dir, &err), CWORK_E_INVALID);
	CHECK(strstr(err.text, "too long"));
}

TEST(a_missing_program_names_the_package)
{
	own_by(remove_place) struct place p = make_place();
	own char *path = strdup(getenv("PATH"));
	struct embedded *e = NULL;
	int rc;

	setenv("PATH", "/nonexistent:.", 1);
	rc = embedded_join(&e, p.dir, &err);
	setenv("PATH", path, 1);
	CHECK_INT(rc, CWORK_E_SYSTEM);
	CHECK(strstr(err.text, "apt install redis-server"));
}

/* Put a shell script in front of redis-server in PATH; returns the PATH to set back. */
static char *shadow_server(const struct place *p, const char *script)
{
	own char *search = NULL;
	char *before = strdup(getenv("PATH"));
	char file[128];
	FILE *f;

	snprintf(file, sizeof(file), "%s/redis-server", p->base);
	f = fopen(file, "we");
	if (!f || fprintf(f, "#!/bin/sh\nPATH='%s'\n%s\n", before, script) < 0 || fclose(f) != 0 ||
	    chmod(file, 0700) < 0 || asprintf(&search, "%s:%s", p->base, before) < 0)
		test_failed(__FILE__, __LINE__, "%s: %s", file, strerror(errno));
	else
		setenv("PATH", search, 1);
	return before;
}

TEST(a_program_that_does_not_start_is_reported_soon_with_its_last_words)
{
	own_by(remove_place) struct place p = make_place();
	own char *path = shadow_server(&p, "echo 'cannot, sorry' >&2; exit 1");
	struct embedded *e = NULL;
	int64_t start = clock_mono_ms();
	int rc = embedded_join(&e, p.dir, &err);

	setenv("PATH", path, 1);
	CHECK_INT(rc, CWORK_E_CONNECT);
	CHECK(strstr(err.text, "cannot, sorry"));
	CHECK(clock_mono_ms() - start < 8000);
}

TEST(joining_waits_while_the_server_loads_its_data)
{
	enum { KEYS = 300 };
	own_by(remove_place) struct place p = make_place();
	char key[16];
	own char *path = NULL;
	struct embedded *e = NULL;
	int rc;

	CHECK_INT(embedded_join(&e, p.dir, &err), 0);
	for (int i = 0; i < KEYS; i++) {
		snprintf(key, sizeof(key), "%d", i);
		CHECK_STR(run(p.url, "SET", key, "v"), "OK");
	}
	embedded_leave(e);
	CHECK_SOON(all_gone(&p));
	path = shadow_server(&p, "exec redis-server \"$@\" --key-load-delay 2000 "
				 "--loading-process-events-interval-bytes 1024");
	rc = embedded_join(&e, p.dir, &err);
	setenv("PATH", path, 1);
	CHECK_INT(rc, 0);
	CHECK_STR(run(p.url, "DBSIZE", NULL, NULL), "300");
	embedded_leave(e);
}

/* The guardian must hold nothing of its user's: here, a pipe whose end is awaited. */
TEST(the_guardian_inherits_no_descriptor)
{
	own_by(remove_place) struct place p = make_place();
	own_by(leavep) struct embedded *e = NULL;
	int ends[2];
	char c;

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(embedded_join(&e, p.dir, &err), 0);
	close(ends[1]);
	CHECK_INT(read(ends[0], &c, 1), 0);
	close(ends[0]);
}

TEST(the_default_directory_follows_the_xdg_rules)
{
	own_by(remove_place) struct place p = make_place();
	char expected[128];
	struct embedded *e = NULL;

	setenv("XDG_STATE_HOME", p.base, 1);
	CHECK_INT(embedded_join(&e, NULL, &err), 0);
	unsetenv("XDG_STATE_HOME");
	snprintf(expected, sizeof(expected), "%s/cwork/redis/redis.sock", p.base);
	CHECK_STR(embedded_socket(e), expected);
	snprintf(p.dir, sizeof(p.dir), "%s/cwork/redis", p.base);
	embedded_leave(e);
	CHECK_SOON(all_gone(&p));
}
