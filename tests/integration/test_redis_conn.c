/* The connection against a real server: what it sends, what it makes of failures. */
#include "base/clock.h"
#include "base/own.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

static const struct script sum = {
	.name = "sum",
	.source = {"return ARGV[1] + ARGV[2]", 24},
	.sha1 = "4c2c58a8a8f3d1a4a2e2b0a2b2f0a3b9d3a6a111", /* never right: always NOSCRIPT */
};

static struct arena arena;
static struct reply *replies;
static cwork_error err;

/* A connection to URL, not yet connected. */
static struct redis *open_redis(const char *url, const struct redis_options *options)
{
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	struct redis *r = NULL;

	if (redis_server_open(&server, url, &err) < 0 || redis_new(&r, server, options, &err) < 0)
		test_failed(__FILE__, __LINE__, "%s", err.text);
	return r;
}

static int exchange(struct redis *r)
{
	memset(&err, 0, sizeof(err));
	return redis_exchange(r, &arena, &replies, &err);
}

static void closep(struct redis **r)
{
	redis_free(*r);
	arena_free(&arena);
}

#define REDIS(name, url) own_by(closep) struct redis *name = open_redis(url, NULL)

static void sleep_ms(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static void check_basics(const char *url)
{
	REDIS(r, url);

	redis_command(r, "SET", "key", "value", NULL);
	redis_begin(r, 2);
	redis_arg_str(r, "GET");
	redis_arg(r, SLICE("key"));
	redis_command(r, "GET", "none", NULL);
	redis_command(r, "NOSUCH", NULL);
	redis_command(r, "INCR", "n", NULL);
	CHECK_INT(redis_pending(r), 5);
	CHECK_INT(exchange(r), 0);
	CHECK_INT(redis_pending(r), 0);
	CHECK_SLICE(replies[0].str, SLICE("OK"));
	CHECK_SLICE(replies[1].str, SLICE("value"));
	CHECK_INT(replies[2].type, REPLY_NIL);
	CHECK_INT(reply_check(&replies[3], &err), CWORK_E_REDIS);
	CHECK_INT(replies[4].integer, 1);
	CHECK_INT(redis_generation(r), 1);
	CHECK(redis_server_version(r) >= 60000);
}

TEST(commands_are_answered_over_a_socket)
{
	check_basics(fixture_redis_url());
}

TEST(commands_are_answered_over_tcp)
{
	check_basics(fixture_redis_tcp_url());
}

TEST(an_exchange_without_commands_does_nothing)
{
	REDIS(r, fixture_redis_url());

	CHECK_INT(exchange(r), 0);
	CHECK(!redis_is_connected(r));
	CHECK_INT(redis_fd(r), -1);
}

TEST(discarded_commands_are_not_sent)
{
	REDIS(r, fixture_redis_url());

	redis_command(r, "SET", "key", "value", NULL);
	redis_discard(r);
	redis_command(r, "EXISTS", "key", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_INT(replies[0].integer, 0);
}

TEST(the_database_and_the_name_are_set_at_connect)
{
	const struct redis_options options = {.name = "cwork-test"};
	char url[300];

	snprintf(url, sizeof(url), "%s?db=3", fixture_redis_url());
	own_by(closep) struct redis *r = open_redis(url, &options);
	redis_command(r, "SET", "key", "value", NULL);
	redis_command(r, "CLIENT", "GETNAME", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_SLICE(replies[1].str, SLICE("cwork-test"));
	CHECK_STR(fixture_cmd("EXISTS key"), "0");
	CHECK(strstr(fixture_cmd("INFO keyspace"), "db3:keys=1"));
}

TEST(a_hundred_thousand_commands_are_answered_in_order)
{
	const int count = test_is_slow() ? 20000 : 100000;
	REDIS(r, fixture_redis_url());

	for (int i = 0; i < count; i++) {
		redis_begin(r, 2);
		redis_arg_str(r, "INCR");
		redis_arg_str(r, "n");
	}
	CHECK_INT(exchange(r), 0);
	for (int i = 0; i < count; i++)
		CHECK_INT(replies[i].integer, i + 1);
}

/* Neither side can hold all of it: whoever only wrote or only read would hang. */
TEST(large_payloads_pass_in_both_directions_at_once)
{
	enum { LEN = 1 << 20, COUNT = 50 };
	own char *payload = malloc(LEN);
	REDIS(r, fixture_redis_tcp_url());

	for (size_t i = 0; i < LEN; i++)
		payload[i] = (char)(i * 7);
	for (int i = 0; i < COUNT; i++) {
		redis_begin(r, 2);
		redis_arg_str(r, "ECHO");
		redis_arg(r, slice_n(payload, LEN));
	}
	CHECK_INT(exchange(r), 0);
	for (int i = 0; i < COUNT; i++)
		CHECK(slice_equal(replies[i].str, slice_n(payload, LEN)));
}

TEST(one_payload_of_50_mb_comes_back)
{
	const size_t len = test_is_slow() ? 5 << 20 : 50 << 20;
	own char *payload = calloc(1, len);
	REDIS(r, fixture_redis_url());

	payload[len - 1] = 'x';
	redis_begin(r, 3);
	redis_arg_str(r, "SET");
	redis_arg_str(r, "big");
	redis_arg(r, slice_n(payload, len));
	redis_command(r, "GET", "big", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK(slice_equal(replies[1].str, slice_n(payload, len)));
}

TEST(a_script_is_loaded_behind_the_callers_back)
{
	REDIS(r, fixture_redis_url());

	redis_command(r, "SET", "a", "1", NULL);
	for (int i = 0; i < 3; i++) {
		redis_begin_script(r, &sum, 0, 2);
		redis_arg_int(r, 40);
		redis_arg_int(r, i);
		redis_command(r, "INCR", "a", NULL);
	}
	CHECK_INT(exchange(r), 0);
	CHECK_SLICE(replies[0].str, SLICE("OK"));
	for (int i = 0; i < 3; i++) {
		CHECK_INT(replies[1 + 2 * i].integer, 40 + i);
		CHECK_INT(replies[2 + 2 * i].integer, 2 + i);
	}
}

/* The true SHA-1 this time, as the server tells it. */
TEST(a_script_survives_script_flush)
{
	struct script real = {.name = "sum", .source = sum.source};
	REDIS(r, fixture_redis_url());

	memcpy(real.sha1, fixture_cmdv("SCRIPT", "LOAD", sum.source.ptr, NULL), 41);
	for (int i = 0; i < 4; i++) {
		if (i % 2)
			fixture_cmd("SCRIPT FLUSH");
		redis_begin_script(r, &real, 0, 2);
		redis_arg_int(r, 1);
		redis_arg_int(r, i);
		CHECK_INT(exchange(r), 0);
		CHECK_INT(replies[0].integer, 1 + i);
	}
	CHECK(strstr(fixture_cmd("SCRIPT EXISTS %s", real.sha1), "1"));
}

TEST(a_wrong_password_is_an_auth_failure_that_does_not_tell_it)
{
	char url[300];

	fixture_cmd("ACL SETUSER bob on >right ~* +@all");
	snprintf(url, sizeof(url), "unix://bob:hunter2@%s",
		 fixture_redis_url() + strlen("unix://"));
	REDIS(r, url);
	redis_command(r, "PING", NULL);
	CHECK_INT(exchange(r), CWORK_E_AUTH);
	CHECK_INT(err.code, CWORK_E_AUTH);
	CHECK(!strstr(err.text, "hunter2"));
	fixture_cmd("ACL DELUSER bob");
}

TEST(a_right_password_lets_in)
{
	char url[300];

	fixture_cmd("ACL SETUSER bob on >r/ght ~* +@all");
	snprintf(url, sizeof(url), "unix://bob:r%%2Fght@%s",
		 fixture_redis_url() + strlen("unix://"));
	REDIS(r, url);
	redis_command(r, "ACL", "WHOAMI", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_SLICE(replies[0].str, SLICE("bob"));
	fixture_cmd("ACL DELUSER bob");
}

TEST(a_missing_permission_is_an_auth_error_and_optional_ones_are_not_needed)
{
	const struct redis_options options = {.name = "x"};
	char url[300];

	fixture_cmd("ACL SETUSER bob on >p ~* -@all +get +auth");
	snprintf(url, sizeof(url), "unix://bob:p@%s", fixture_redis_url() + strlen("unix://"));
	own_by(closep) struct redis *r = open_redis(url, &options);
	redis_command(r, "GET", "k", NULL);
	redis_command(r, "SET", "k", "v", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_INT(replies[0].type, REPLY_NIL);
	CHECK_INT(reply_check(&replies[1], &err), CWORK_E_AUTH);
	CHECK_INT(redis_server_version(r), 0);
	fixture_cmd("ACL DELUSER bob");
}

TEST(a_server_that_wants_a_password_says_so)
{
	static const char *const extra[] = {"--requirepass", "secret", NULL};
	struct fixture_server *s = fixture_server_start(extra);
	char url[300];
	REDIS(without, fixture_server_url(s));

	redis_command(without, "PING", NULL);
	CHECK_INT(exchange(without), CWORK_E_AUTH);
	snprintf(url, sizeof(url), "unix://:secret@%s", fixture_server_url(s) + strlen("unix://"));
	REDIS(with, url);
	redis_command(with, "PING", NULL);
	CHECK_INT(exchange(with), 0);
	CHECK_SLICE(replies[0].str, SLICE("PONG"));
	fixture_server_stop(s);
}

TEST(a_password_for_a_server_without_one_is_refused)
{
	char url[300];

	snprintf(url, sizeof(url), "unix://:secret@%s", fixture_redis_url() + strlen("unix://"));
	REDIS(r, url);
	CHECK_INT(redis_connect(r, &err), CWORK_E_AUTH);
	CHECK(!strstr(err.text, "secret"));
}

TEST(a_full_server_is_told_from_others)
{
	static const struct script set = {
		.name = "set",
		.source = {"return redis.call('set', KEYS[1], 'v')", 38},
		.sha1 = "0000000000000000000000000000000000000000",
	};
	REDIS(r, fixture_redis_url());

	fixture_cmd("CONFIG SET maxmemory 1");
	redis_command(r, "SET", "k", "v", NULL);
	redis_begin_script(r, &set, 1, 0);
	redis_arg_str(r, "k");
	CHECK_INT(exchange(r), 0);
	CHECK_INT(reply_check(&replies[0], &err), CWORK_E_FULL);
	CHECK_INT(reply_check(&replies[1], &err), CWORK_E_FULL);
	CHECK(strstr(err.text, "OOM"));
	CHECK(redis_is_connected(r));
}

TEST(a_replica_is_left_so_that_the_next_exchange_asks_again)
{
	REDIS(r, fixture_redis_url());

	redis_command(r, "SET", "k", "v", NULL);
	CHECK_INT(exchange(r), 0);
	fixture_cmd("REPLICAOF 127.0.0.1 1");
	redis_command(r, "SET", "k", "w", NULL);
	redis_command(r, "GET", "k", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_INT(reply_check(&replies[0], &err), CWORK_E_READONLY);
	CHECK_SLICE(replies[1].str, SLICE("v"));
	CHECK(!redis_is_connected(r));
	fixture_cmd("REPLICAOF NO ONE");
	redis_command(r, "SET", "k", "w", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_SLICE(replies[0].str, SLICE("OK"));
	CHECK_INT(redis_generation(r), 2);
}

TEST(a_wrong_type_is_told)
{
	REDIS(r, fixture_redis_url());

	redis_command(r, "SET", "k", "v", NULL);
	redis_command(r, "LPUSH", "k", "v", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_INT(reply_check(&replies[1], &err), CWORK_E_WRONG_TYPE);
}

TEST(a_silent_server_is_given_up_after_the_timeout)
{
	const struct redis_options options = {.command_timeout_ms = 100};
	own_by(closep) struct redis *r = open_redis(fixture_redis_url(), &options);
	int64_t start;

	redis_command(r, "PING", NULL);
	CHECK_INT(exchange(r), 0);
	redis_command(r, "DEBUG", "SLEEP", "0.6", NULL);
	start = clock_mono_ms();
	CHECK_INT(exchange(r), CWORK_E_UNKNOWN);
	CHECK(clock_mono_ms() - start >= 100 && clock_mono_ms() - start < 550);
	CHECK(!redis_is_connected(r));
}

TEST(a_killed_idle_connection_comes_back_unseen)
{
	REDIS(r, fixture_redis_url());

	for (int i = 1; i < 20; i++) {
		redis_command(r, "INCR", "n", NULL);
		CHECK_INT(exchange(r), 0);
		CHECK_INT(replies[0].integer, i);
		CHECK_INT(redis_generation(r), i);
		fixture_cmd("CLIENT KILL TYPE normal SKIPME yes");
	}
}

TEST(a_connection_that_is_lost_after_sending_is_an_unknown_outcome)
{
	REDIS(r, fixture_redis_url());

	redis_command(r, "INCR", "n", NULL);
	redis_command(r, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no", NULL);
	redis_command(r, "INCR", "n", NULL);
	CHECK_INT(exchange(r), CWORK_E_UNKNOWN);
	CHECK_INT(err.code, CWORK_E_UNKNOWN);
	CHECK(!redis_is_connected(r));
	CHECK_INT(redis_pending(r), 0);
	redis_command(r, "GET", "n", NULL);
	CHECK_INT(exchange(r), 0);
	CHECK_SLICE(replies[0].str, SLICE("1"));
}

TEST(failed_attempts_back_off_and_success_ends_that)
{
	struct fixture_server *s = fixture_server_start(NULL);
	REDIS(r, fixture_server_url(s));
	int longest = 0;

	fixture_server_kill(s);
	for (int i = 0; i < 12; i++) {
		CHECK_INT(redis_connect(r, &err), CWORK_E_CONNECT);
		CHECK(redis_retry_in_ms(r) > 0 && redis_retry_in_ms(r) <= 2000);
		if (redis_retry_in_ms(r) > longest)
			longest = redis_retry_in_ms(r);
	}
	CHECK(longest >= 900);
	/* An exchange waits for the back-off, with the reason; an explicit connect does not. */
	redis_command(r, "PING", NULL);
	fixture_server_restart(s);
	CHECK_INT(exchange(r), CWORK_E_CONNECT);
	CHECK(strstr(err.text, "redis.sock"));
	CHECK_INT(redis_generation(r), 0);
	CHECK_INT(redis_connect(r, &err), 0);
	CHECK_INT(redis_retry_in_ms(r), 0);
	CHECK_INT(redis_generation(r), 1);
	redis_close(r);
	fixture_server_kill(s);
	CHECK_INT(redis_connect(r, &err), CWORK_E_CONNECT);
	CHECK(redis_retry_in_ms(r) <= 50);
	fixture_server_stop(s);
}

TEST(a_closed_port_is_refused_with_its_address)
{
	REDIS(r, "redis://127.0.0.1:1");

	CHECK_INT(redis_connect(r, &err), CWORK_E_CONNECT);
	CHECK(strstr(err.text, "redis://127.0.0.1:1: "));
	CHECK(strstr(err.text, "refused"));
}

TEST(a_host_that_does_not_exist_is_a_connect_failure)
{
	REDIS(r, "redis://no-such-host.invalid");

	CHECK_INT(redis_connect(r, &err), CWORK_E_CONNECT);
}

static void count_signal(int sig)
{
	(void)sig;
	abort();
}

TEST(writing_to_a_dead_server_raises_no_signal)
{
	struct fixture_server *s = fixture_server_start(NULL);
	REDIS(r, fixture_server_url(s));
	void (*before)(int) = signal(SIGPIPE, count_signal);
	own char *payload = calloc(1, 8 << 20);

	CHECK_INT(redis_connect(r, &err), 0);
	fixture_server_kill(s);
	for (int i = 0; i < 3; i++) {
		redis_begin(r, 2);
		redis_arg_str(r, "ECHO");
		redis_arg(r, slice_n(payload, 8 << 20));
		CHECK_INT(exchange(r), CWORK_E_CONNECT);
	}
	signal(SIGPIPE, before);
	fixture_server_stop(s);
}

static void ignore(int sig)
{
	(void)sig;
}

static void *pester(void *thread)
{
	for (int i = 0; i < 40; i++) {
		pthread_kill(*(pthread_t *)thread, SIGUSR1);
		sleep_ms(5);
	}
	return NULL;
}

TEST(signals_do_not_disturb_an_exchange)
{
	const struct redis_options options = {.command_timeout_ms = 3000};
	own_by(closep) struct redis *r = open_redis(fixture_redis_url(), &options);
	pthread_t self = pthread_self(), thread;
	struct sigaction action = {.sa_handler = ignore};

	sigaction(SIGUSR1, &action, NULL);
	CHECK_INT(pthread_create(&thread, NULL, pester, &self), 0);
	redis_command(r, "DEBUG", "SLEEP", "0.3", NULL);
	CHECK_INT(exchange(r), 0);
	pthread_join(thread, NULL);
	CHECK_SLICE(replies[0].str, SLICE("OK"));
}

TEST(an_arena_without_room_is_out_of_memory)
{
	REDIS(r, fixture_redis_url());

	redis_command(r, "PING", NULL);
	arena.limit = 8;
	CHECK_INT(exchange(r), CWORK_E_NOMEM);
	arena.limit = 0;
	redis_command(r, "PING", NULL);
	CHECK_INT(exchange(r), 0);
}
