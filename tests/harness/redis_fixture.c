/*
 * Real servers for tests. Each program has a directory of its own under
 * $TMPDIR, with one directory in it per server, so any number of programs run
 * at the same time. Nothing is left behind even by a test that crashes: the
 * kernel kills the servers with their parent, and a cleaner process, which
 * notices the program's end by a pipe, removes the directory.
 *
 * Start servers from the main thread: a server dies with the thread that
 * started it.
 */
#include "harness/redis_fixture.h"
#include "base/clock.h"
#include "base/parse.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_TIMEOUT_MS = 60000, STARTS_MAX = 5, WORDS_MAX = 64 };

struct fixture_server {
	pid_t pid;
	char *dir;
	char *url;
	char *tcp_url;
	const char *const *extra; /* kept */
	char port[8];
	struct fixture_server *next;
};

static struct {
	pid_t owner; /* whose exit removes all this */
	pid_t cleaner;
	int cleaner_pipe;
	char *root;
	int count; /* servers ever started, for their names */
	struct fixture_server *servers;
	struct fixture_server *main;
	struct redis *control; /* a connection to main */
	struct arena texts;    /* what fixture_cmd() returned */
	bool no_debug_option;  /* servers before version 7 have none, and need none */
} fixture;

static void bail_out(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void bail_out(const char *format, ...)
{
	va_list args;

	printf("Bail out! redis fixture: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	exit(99);
}

static void *need(void *p)
{
	if (!p)
		bail_out("out of memory");
	return p;
}

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text(const char *format, ...)
{
	char *s = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&s, format, args) < 0)
		s = NULL;
	va_end(args);
	return need(s);
}

/* The cleaner: no terminal's signal ends it before its work is done. */
static void clean_up_after(int pipe_end)
{
	char c;
	int null = open("/dev/null", O_RDWR);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	while (read(pipe_end, &c, 1) < 0 && errno == EINTR)
		;
	execlp("rm", "rm", "-rf", "--", fixture.root, NULL);
	_exit(127);
}

static void start_cleaner(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		bail_out("pipe: %s", strerror(errno));
	fflush(stdout);
	fixture.cleaner = fork();
	if (fixture.cleaner < 0)
		bail_out("fork: %s", strerror(errno));
	if (fixture.cleaner == 0) {
		close(ends[1]);
		clean_up_after(ends[0]);
	}
	close(ends[0]);
	fixture.cleaner_pipe = ends[1];
}

static void kill_server(struct fixture_server *s)
{
	if (s->pid <= 0)
		return;
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
}

static void server_free(struct fixture_server *s)
{
	kill_server(s);
	free(s->dir);
	free(s->url);
	free(s->tcp_url);
	free(s);
}

/* At exit, but not at that of a forked child. */
static void tear_down(void)
{
	if (getpid() != fixture.owner)
		return;
	fixture.control = redis_free(fixture.control);
	while (fixture.servers) {
		struct fixture_server *next = fixture.servers->next;

		server_free(fixture.servers);
		fixture.servers = next;
	}
	close(fixture.cleaner_pipe);
	waitpid(fixture.cleaner, NULL, 0);
	arena_free(&fixture.texts);
	free(fixture.root);
}

static void set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	if (fixture.root)
		return;
	fixture.root = text("%s/cwork-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(fixture.root))
		bail_out("mkdtemp %s: %s", fixture.root, strerror(errno));
	fixture.owner = getpid();
	start_cleaner();
	atexit(tear_down);
}

/* A TCP port that was free just now. */
static void choose_port(char *out, size_t size)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		bail_out("no free port: %s", strerror(errno));
	close(fd);
	snprintf(out, size, "%u", ntohs(address.sin_port));
}

static void exec_server(const struct fixture_server *s)
{
	const char *argv[WORDS_MAX] = {
		"redis-server", "--port",    s->port,
		"--bind",	"127.0.0.1", "--unixsocket",
		"redis.sock",	"--dir",     ".",
		"--save",	"",	     "--appendonly",
		"no",		"--logfile", "redis.log",
		"--daemonize",	"no",
	};
	size_t argc = 17;

	if (!fixture.no_debug_option) {
		argv[argc++] = "--enable-debug-command";
		argv[argc++] = "yes";
	}
	for (size_t i = 0; s->extra && s->extra[i] && argc < WORDS_MAX - 1; i++)
		argv[argc++] = s->extra[i];
	argv[argc] = NULL;
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static void spawn(struct fixture_server *s)
{
	pid_t parent = getpid();
	sigset_t none;

	fflush(stdout);
	s->pid = fork();
	if (s->pid < 0)
		bail_out("fork: %s", strerror(errno));
	if (s->pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (getppid() != parent || chdir(s->dir) < 0)
		_exit(126);
	int out = open("start.log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	exec_server(s);
}

/* It answers, if only with a request for a password, and is not loading any more. */
static bool is_up(const struct fixture_server *s)
{
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	own_by(redis_freep) struct redis *r = NULL;
	cwork_error err;

	if (redis_server_open(&server, s->url, &err) < 0 || redis_new(&r, server, NULL, &err) < 0)
		bail_out("%s", err.text);
	return redis_connect(r, &err) == 0 || err.code == CWORK_E_AUTH;
}

/* 0 up, 127 there is no such program, else it has ended. */
static int await_start(struct fixture_server *s)
{
	static const struct timespec pause = {.tv_nsec = 5000000};
	int64_t deadline = clock_mono_ms() + START_TIMEOUT_MS;
	int status;

	while (!is_up(s)) {
		if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
			s->pid = 0;
			return WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1;
		}
		if (clock_mono_ms() > deadline)
			bail_out("a server in %s does not come up", s->dir);
		nanosleep(&pause, NULL);
	}
	return 0;
}

static bool start_once(struct fixture_server *s)
{
	int r;

	spawn(s);
	r = await_start(s);
	if (r == 127)
		bail_out("no redis-server in PATH (apt install redis-server)");
	return r == 0;
}

static void start_on_free_port(struct fixture_server *s)
{
	for (int i = 0; i < STARTS_MAX; i++) {
		choose_port(s->port, sizeof(s->port));
		free(s->tcp_url);
		s->tcp_url = text("redis://127.0.0.1:%s", s->port);
		if (start_once(s))
			return;
		/* The port was taken meanwhile, or the server is too old for the option. */
		fixture.no_debug_option = i > 1;
	}
	bail_out("a server does not start; see %s", s->dir);
}

struct fixture_server *fixture_server_start(const char *const *extra)
{
	struct fixture_server *s = need(calloc(1, sizeof(*s)));

	set_up();
	s->dir = text("%s/%d", fixture.root, fixture.count++);
	s->url = text("unix://%s/redis.sock", s->dir);
	s->extra = extra;
	if (mkdir(s->dir, 0700) < 0)
		bail_out("mkdir %s: %s", s->dir, strerror(errno));
	s->next = fixture.servers;
	fixture.servers = s;
	start_on_free_port(s);
	return s;
}

const char *fixture_server_url(const struct fixture_server *s)
{
	return s->url;
}

void fixture_server_kill(struct fixture_server *s)
{
	kill_server(s);
}

void fixture_server_restart(struct fixture_server *s)
{
	kill_server(s);
	if (!start_once(s))
		bail_out("a server does not start again; see %s", s->dir);
}

void fixture_server_stop(struct fixture_server *s)
{
	struct fixture_server **at = &fixture.servers;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	server_free(s);
}

static void open_main(void)
{
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	cwork_error err;

	if (fixture.main)
		return;
	fixture.main = fixture_server_start(NULL);
	if (redis_server_open(&server, fixture.main->url, &err) < 0 ||
	    redis_new(&fixture.control, server, NULL, &err) < 0)
		bail_out("%s", err.text);
}

/* Send what was begun on the control connection; returns the first reply, as text. */
static const struct reply *converse(void)
{
	struct reply *replies = NULL;
	cwork_error err;

	if (redis_connect(fixture.control, &err) < 0 ||
	    redis_exchange(fixture.control, &fixture.texts, &replies, &err) < 0)
		bail_out("%s", err.text);
	return &replies[0];
}

/* What tests may have changed. */
static void restore(void)
{
	static const char *const settings[][2] = {
		{"maxmemory", "0"},
		{"maxmemory-policy", "noeviction"},
		{"min-replicas-to-write", "0"},
		{"appendonly", "no"},
		{"requirepass", ""},
		{"timeout", "0"},
		{"notify-keyspace-events", ""},
	};
	struct redis *r = fixture.control;

	redis_command(r, "REPLICAOF", "NO", "ONE", NULL);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		redis_command(r, "CONFIG", "SET", settings[i][0], settings[i][1], NULL);
	redis_command(r, "SCRIPT", "FLUSH", NULL);
	redis_command(r, "FLUSHALL", NULL);
	converse();
}

const char *fixture_redis_url(void)
{
	open_main();
	restore();
	return fixture.main->url;
}

const char *fixture_redis_socket_url(void)
{
	open_main();
	return fixture.main->url;
}

const char *fixture_redis_tcp_url(void)
{
	open_main();
	restore();
	return fixture.main->tcp_url;
}

static void print_reply(struct strbuf *out, const struct reply *r)
{
	switch (r->type) {
	case REPLY_NIL:
		break;
	case REPLY_INTEGER:
		strbuf_append_int(out, r->integer);
		break;
	case REPLY_ARRAY:
		for (size_t i = 0; i < r->count; i++) {
			if (i)
				strbuf_append_char(out, '\n');
			print_reply(out, &r->items[i]);
		}
		break;
	default:
		strbuf_append_slice(out, r->str);
	}
}

static const char *run(const char *const *words, size_t count)
{
	own_by(strbuf_freep) struct strbuf out = {0};

	open_main();
	redis_begin(fixture.control, count);
	for (size_t i = 0; i < count; i++)
		redis_arg_str(fixture.control, words[i]);
	print_reply(&out, converse());
	return need(arena_copy(&fixture.texts, strbuf_slice(&out)));
}

static const char *run_line(const char *format, va_list args)
{
	own char *line = NULL;
	const char *words[WORDS_MAX];
	size_t count = 0;
	char *rest;

	if (vasprintf(&line, format, args) < 0)
		line = need(NULL);
	rest = line;
	for (char *word; (word = strsep(&rest, " ")) && count < WORDS_MAX;)
		if (*word)
			words[count++] = word;
	return run(words, count);
}

const char *fixture_cmd(const char *format, ...)
{
	const char *reply;
	va_list args;

	va_start(args, format);
	reply = run_line(format, args);
	va_end(args);
	return reply;
}

const char *fixture_cmdv(const char *word, ...)
{
	const char *words[WORDS_MAX] = {word};
	size_t count = 1;
	va_list args;

	va_start(args, word);
	while (count < WORDS_MAX && (words[count] = va_arg(args, const char *)))
		count++;
	va_end(args);
	return run(words, count);
}

int64_t fixture_int(const char *format, ...)
{
	const char *reply;
	int64_t value = 0;
	va_list args;

	va_start(args, format);
	reply = run_line(format, args);
	va_end(args);
	if (!parse_int64(slice_of(reply), &value))
		bail_out("%s: expected an integer, got \"%s\"", format, reply);
	return value;
}
