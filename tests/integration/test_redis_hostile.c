/*
 * The connection against a server that is not what it should be: a thread that
 * answers the greeting and then says what the test wants.
 */
#include "base/clock.h"
#include "base/own.h"
#include "base/thread.h"
#include "harness/test.h"
#include "redis/conn.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct fake {
	int listener;
	pthread_t thread;
	char url[64];
	struct slice greeting; /* the answer to PING and INFO */
	struct slice answer;   /* to the first command after that */
	int repeat;	       /* the answer so many times; below zero: without end */
	int pause_ms;	       /* before each */
	bool hang_up;	       /* close behind it */
	atomic_int greeted;
};

static struct arena arena;
static struct reply *replies;
static cwork_error err;

/* Read until MARK has come, or as much as is there when it is NULL. False at the end. */
static bool read_to(int fd, const char *mark)
{
	char text[4096];
	size_t len = 0;

	for (;;) {
		ssize_t n = recv(fd, text + len, sizeof(text) - 1 - len, 0);

		if (n <= 0)
			return false;
		len += (size_t)n;
		text[len] = '\0';
		if (!mark || strstr(text, mark))
			return true;
	}
}

static bool say(int fd, struct slice s)
{
	return send(fd, s.ptr, s.len, MSG_NOSIGNAL) == (ssize_t)s.len;
}

static void serve(struct fake *f, int fd)
{
	if (!read_to(fd, "server\r\n") || !say(fd, f->greeting))
		return;
	f->greeted++;
	if (!read_to(fd, NULL))
		return;
	for (int i = 0; f->repeat < 0 || i < f->repeat; i++) {
		usleep((unsigned)f->pause_ms * 1000);
		if (!say(fd, f->answer))
			return;
	}
	while (!f->hang_up && read_to(fd, NULL))
		;
}

static void *serve_all(void *data)
{
	struct fake *f = data;
	int fd;

	while ((fd = accept(f->listener, NULL, NULL)) >= 0) {
		serve(f, fd);
		close(fd);
	}
	return NULL;
}

static void fake_start(struct fake *f)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);

	if (!f->greeting.len)
		f->greeting = SLICE("+PONG\r\n$-1\r\n");
	if (!f->repeat)
		f->repeat = 1;
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(f->listener, (struct sockaddr *)&address, len) < 0 || listen(f->listener, 8) < 0 ||
	    getsockname(f->listener, (struct sockaddr *)&address, &len) < 0 ||
	    thread_start(&f->thread, "fake-redis", serve_all, f, &err) < 0)
		test_failed(__FILE__, __LINE__, "no fake server");
	snprintf(f->url, sizeof(f->url), "127.0.0.1:%u", ntohs(address.sin_port));
}

static void fake_stop(struct fake *f)
{
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
}

/* One PING to F's server: the result of the exchange. */
static int ping(struct fake *f)
{
	const struct redis_options options = {.command_timeout_ms = 300};
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	own_by(redis_freep) struct redis *r = NULL;
	int rc;

	memset(&err, 0, sizeof(err));
	if (redis_server_open(&server, f->url, &err) < 0 ||
	    redis_new(&r, server, &options, &err) < 0)
		return 1;
	redis_command(r, "PING", NULL);
	rc = redis_exchange(r, &arena, &replies, &err);
	if (rc < 0 && redis_is_connected(r))
		return 2;
	return rc;
}

/* What becomes of a PING that is answered with ANSWER. */
static int answered(const char *answer, bool hang_up)
{
	struct fake f = {.answer = slice_of(answer), .hang_up = hang_up};
	int rc;

	fake_start(&f);
	rc = ping(&f);
	fake_stop(&f);
	arena_free(&arena);
	return rc;
}

static long peak_kb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

TEST(garbage_is_a_protocol_failure)
{
	CHECK_INT(answered("HTTP/1.1 200 OK\r\n\r\n", false), CWORK_E_PROTOCOL);
	CHECK_INT(answered("\r\n", false), CWORK_E_PROTOCOL);
	CHECK_INT(answered(":12x\r\n", false), CWORK_E_PROTOCOL);
	CHECK_INT(answered("$7x\r\n", false), CWORK_E_PROTOCOL);
	CHECK_INT(answered("%2\r\n", false), CWORK_E_PROTOCOL);
}

TEST(declared_sizes_cost_no_memory)
{
	long before = peak_kb();

	CHECK_INT(answered("$999999999999\r\nabc", false), CWORK_E_PROTOCOL);
	CHECK_INT(answered("*2147483647\r\n", false), CWORK_E_PROTOCOL);
	CHECK_INT(answered("*16000000\r\n:1\r\n", false), CWORK_E_UNKNOWN);
	CHECK_INT(answered("*9\r\n*16000000\r\n*16000000\r\n*16000000\r\n", false),
		  CWORK_E_UNKNOWN);
	if (!test_is_slow())
		CHECK(peak_kb() - before < 64 << 10);
}

TEST(deep_nesting_is_a_protocol_failure)
{
	struct fake f = {.answer = SLICE("*1\r\n*1\r\n*1\r\n*1\r\n"), .repeat = 100000};

	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_PROTOCOL);
	fake_stop(&f);
	arena_free(&arena);
}

TEST(a_line_without_end_is_cut_off)
{
	struct fake f = {.answer = SLICE("+++++++++++++++++++++++++++++++++++++++++++++++++++++"),
			 .repeat = -1};
	long before = peak_kb();

	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_PROTOCOL);
	fake_stop(&f);
	arena_free(&arena);
	if (!test_is_slow())
		CHECK(peak_kb() - before < 64 << 10);
}

TEST(an_end_in_the_middle_of_a_reply_is_an_unknown_outcome)
{
	CHECK_INT(answered("$10\r\nhalf", true), CWORK_E_UNKNOWN);
	CHECK(strstr(err.text, "closed"));
	CHECK_INT(answered("", true), CWORK_E_UNKNOWN);
}

TEST(silence_in_the_middle_of_a_reply_is_an_unknown_outcome)
{
	CHECK_INT(answered("$10\r\nhalf", false), CWORK_E_UNKNOWN);
	CHECK(strstr(err.text, "in time"));
}

TEST(the_timeout_is_for_silence_and_not_for_the_whole_exchange)
{
	struct fake f = {.answer = SLICE("+"), .repeat = 6, .pause_ms = 150};
	int64_t start = clock_mono_ms();

	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_UNKNOWN);
	CHECK(clock_mono_ms() - start >= 6 * 150 + 300);
	fake_stop(&f);
	arena_free(&arena);
}

TEST(a_server_that_is_loading_is_busy)
{
	struct fake f = {
		.greeting = SLICE("-LOADING Redis is loading the dataset in memory\r\n$-1\r\n")};

	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_BUSY);
	fake_stop(&f);
	f.greeting = SLICE("-BUSY Redis is busy running a script.\r\n-BUSY Redis is busy\r\n");
	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_BUSY);
	fake_stop(&f);
	f.greeting = SLICE("-ERR max number of clients reached\r\n+x\r\n");
	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_BUSY);
	fake_stop(&f);
}

TEST(a_greeting_that_fails_is_a_connect_failure)
{
	struct fake f = {.greeting = SLICE("+PO")};

	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_CONNECT);
	fake_stop(&f);
	f.greeting = SLICE("SSH-2.0-OpenSSH\r\n");
	fake_start(&f);
	CHECK_INT(ping(&f), CWORK_E_PROTOCOL);
	fake_stop(&f);
}

/* A reply too many would be taken for the answer to the next command. */
TEST(surplus_replies_are_never_taken_for_later_answers)
{
	const struct redis_options options = {.command_timeout_ms = 1000};
	struct fake f = {.answer = SLICE("+one\r\n+two\r\n")};
	struct redis_server *server = NULL;
	struct redis *r = NULL;

	fake_start(&f);
	CHECK_INT(redis_server_open(&server, f.url, &err), 0);
	CHECK_INT(redis_new(&r, server, &options, &err), 0);
	for (int i = 1; i <= 3; i++) {
		redis_command(r, "PING", NULL);
		CHECK_INT(redis_exchange(r, &arena, &replies, &err), 0);
		CHECK_SLICE(replies[0].str, SLICE("one"));
		CHECK_INT(redis_generation(r), i);
	}
	redis_free(r);
	redis_server_unref(server);
	fake_stop(&f);
	arena_free(&arena);
}

TEST(a_silent_peer_is_given_up_at_the_connect_timeout)
{
	const struct redis_options options = {.connect_timeout_ms = 150};
	struct redis_server *server = NULL;
	struct redis *r = NULL;
	struct fake f = {.greeting = SLICE("+")};
	int64_t start = clock_mono_ms();

	fake_start(&f);
	CHECK_INT(redis_server_open(&server, f.url, &err), 0);
	CHECK_INT(redis_new(&r, server, &options, &err), 0);
	CHECK_INT(redis_connect(r, &err), CWORK_E_CONNECT);
	CHECK(clock_mono_ms() - start >= 150 && clock_mono_ms() - start < 2000);
	redis_free(r);
	redis_server_unref(server);
	fake_stop(&f);
}
