/* Messages of subscribed channels, read between and besides replies. */
#include "base/own.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <poll.h>

static struct arena arena;
static struct reply *replies;
static struct reply *push;
static cwork_error err;

static struct redis *subscriber(void)
{
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	struct redis *r = NULL;

	if (redis_server_open(&server, fixture_redis_url(), &err) < 0 ||
	    redis_new(&r, server, NULL, &err) < 0)
		return NULL;
	redis_command(r, "SUBSCRIBE", "news", NULL);
	redis_exchange(r, &arena, &replies, &err);
	return r;
}

static void closep(struct redis **r)
{
	redis_free(*r);
	arena_free(&arena);
}

/* The next message, waiting for it. */
static int next(struct redis *r)
{
	struct pollfd p = {.fd = redis_fd(r), .events = POLLIN};
	int rc;

	while ((rc = redis_read_push(r, &arena, &push, &err)) == 0)
		if (poll(&p, 1, 5000) <= 0)
			return 0;
	return rc;
}

TEST(a_subscription_is_confirmed_and_messages_follow)
{
	own_by(closep) struct redis *r = subscriber();

	CHECK_SLICE(replies[0].items[0].str, SLICE("subscribe"));
	CHECK_INT(redis_read_push(r, &arena, &push, &err), 0);
	for (int i = 0; i < 100; i++)
		fixture_cmd("PUBLISH news %d", i);
	for (int i = 0; i < 100; i++) {
		int64_t value = -1;

		CHECK_INT(next(r), 1);
		CHECK_SLICE(push->items[0].str, SLICE("message"));
		CHECK_SLICE(push->items[1].str, SLICE("news"));
		CHECK(reply_int(&push->items[2], &value));
		CHECK_INT(value, i);
	}
	CHECK_INT(redis_read_push(r, &arena, &push, &err), 0);
}

TEST(messages_that_come_before_a_reply_are_kept)
{
	own_by(closep) struct redis *r = subscriber();

	fixture_cmd("PUBLISH news one");
	fixture_cmd("PUBLISH news two");
	redis_command(r, "PING", NULL);
	CHECK_INT(redis_exchange(r, &arena, &replies, &err), 0);
	CHECK_SLICE(replies[0].items[0].str, SLICE("pong"));
	arena_reset(&arena);
	CHECK_INT(redis_read_push(r, &arena, &push, &err), 1);
	CHECK_SLICE(push->items[2].str, SLICE("one"));
	CHECK_INT(redis_read_push(r, &arena, &push, &err), 1);
	CHECK_SLICE(push->items[2].str, SLICE("two"));
	CHECK_INT(redis_read_push(r, &arena, &push, &err), 0);
}

TEST(a_message_in_pieces_outlives_the_arena_it_began_with)
{
	enum { LEN = 3 << 20 };
	own_by(closep) struct redis *r = subscriber();
	own char *big = malloc(LEN + 1);

	memset(big, 'x', LEN);
	big[LEN] = '\0';
	fixture_cmdv("PUBLISH", "news", big, NULL);
	for (;;) {
		int rc = redis_read_push(r, &arena, &push, &err);

		CHECK(rc >= 0);
		if (rc == 1)
			break;
		arena_reset(&arena);
	}
	CHECK_SLICE(push->items[2].str, slice_n(big, LEN));
}

TEST(messages_nobody_reads_take_bounded_memory)
{
	own_by(closep) struct redis *r = subscriber();
	char payload[10001] = "";
	int held = 0;

	memset(payload, 'x', sizeof(payload) - 1);
	for (int i = 0; i < 300; i++) {
		fixture_cmdv("PUBLISH", "news", payload, NULL);
		redis_command(r, "PING", NULL);
		CHECK_INT(redis_exchange(r, &arena, &replies, &err), 0);
		CHECK_SLICE(replies[0].items[0].str, SLICE("pong"));
	}
	while (redis_read_push(r, &arena, &push, &err) == 1)
		held++;
	CHECK(held > 0 && held < 110);
}

TEST(a_list_that_looks_like_a_message_is_a_reply)
{
	own_by(redis_server_unrefp) struct redis_server *server = NULL;
	own_by(closep) struct redis *r = NULL;

	CHECK_INT(redis_server_open(&server, fixture_redis_url(), &err), 0);
	CHECK_INT(redis_new(&r, server, NULL, &err), 0);
	redis_command(r, "RPUSH", "l", "message", "news", "x", NULL);
	redis_command(r, "LRANGE", "l", "0", "-1", NULL);
	redis_command(r, "SUBSCRIBE", "news", NULL);
	CHECK_INT(redis_exchange(r, &arena, &replies, &err), 0);
	CHECK_INT(replies[1].count, 3);
	CHECK_SLICE(replies[2].items[0].str, SLICE("subscribe"));
}

TEST(the_end_of_the_connection_is_a_failure_and_ends_the_subscription)
{
	own_by(closep) struct redis *r = subscriber();

	fixture_cmd("CLIENT KILL TYPE pubsub");
	CHECK_INT(next(r), CWORK_E_CONNECT);
	CHECK(!redis_is_connected(r));
	CHECK_INT(redis_read_push(r, &arena, &push, &err), CWORK_E_CONNECT);
	redis_command(r, "GET", "k", NULL);
	CHECK_INT(redis_exchange(r, &arena, &replies, &err), 0);
	CHECK_INT(replies[0].type, REPLY_NIL);
	CHECK_INT(redis_generation(r), 2);
}
