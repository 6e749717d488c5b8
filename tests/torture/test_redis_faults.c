/* Rows 7, 11, 12, 15 and 16: Redis dies, forgets its scripts, drops its clients, is full, is a
 * replica. */
#include "crew.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static bool stop_worker(struct crew *c)
{
	crew_signal(c, 0, SIGTERM);
	return crew_wait(c, 0) == 0;
}

TEST(row_7_every_ack_lands_when_redis_was_killed)
{
	static const char *const config[] = {"--appendonly", "yes", "--appendfsync", "always",
					     NULL};
	own_by(crew_closep) struct crew c;

	CHECK(crew_open(&c, config));
	CHECK(crew_enqueue(&c, "t", crew_scale(20, 200), "{\"i\":%ld,\"ms\":400}"));
	CHECK(crew_start(&c, 0, NULL, 20, 5000));
	CHECK_SOON(crew_int(&c, "GET", "work:jobs:t:lock", NULL) > 0);
	fixture_server_kill(c.server);
	pause_ms(600); /* the handlers return meanwhile */
	fixture_server_restart(c.server);
	CHECK_SOON(crew_is_at_rest(&c));
	CHECK(stop_worker(&c));
	CHECK_INT(crew_distinct(&c), c.id_count);
	CHECK(crew_invariants(&c, 0));
}

TEST(row_11_forgotten_scripts_are_sent_again)
{
	own_by(crew_closep) struct crew c;

	CHECK(crew_open(&c, NULL));
	CHECK(crew_enqueue(&c, "t", crew_scale(4000, 100000), "{\"i\":%ld}"));
	CHECK(crew_enqueue(&c, "t", 100, "{\"i\":%ld,\"fail\":1}"));
	CHECK(crew_start(&c, 0, NULL, 10, 5000));
	for (int i = 0; i < 100 || !crew_is_at_rest(&c); i++) {
		crew_cmd(&c, "SCRIPT", "FLUSH", NULL);
		pause_ms(5);
		CHECK(i < 20000);
	}
	CHECK(stop_worker(&c));
	CHECK_INT(crew_distinct(&c), c.id_count);
	CHECK(crew_invariants(&c, 100)); /* the retries */
}

TEST(row_12_dropped_connections_stop_nothing)
{
	own_by(crew_closep) struct crew c;

	CHECK(crew_open(&c, NULL));
	CHECK(crew_start(&c, 0, NULL, 10, 5000));
	for (long i = 0; i < crew_scale(60, 3000); i++) {
		CHECK(crew_enqueue(&c, "t", 20, "{\"i\":%ld,\"ms\":1}"));
		crew_cmd(&c, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes", NULL);
		pause_ms(20);
	}
	CHECK_SOON(crew_is_at_rest(&c));
	CHECK(stop_worker(&c));
	CHECK_INT(crew_distinct(&c), c.id_count);
	CHECK(crew_invariants(&c, 0));
}

TEST(row_15_at_full_memory_workers_drain_and_producers_are_told)
{
	own_by(crew_closep) struct crew c;
	char max[32];

	CHECK(crew_open(&c, NULL));
	crew_cmd(&c, "CONFIG", "SET", "maxmemory-policy", "noeviction", NULL);
	CHECK(crew_enqueue(&c, "t", crew_scale(2000, 100000),
			   "{\"i\":%ld,\"fill\":\"xxxxxxxxxxxxxxxx\"}"));
	CHECK(crew_enqueue(&c, "t", 20, "{\"i\":%ld,\"fail\":1}"));
	/* Well under what is used: no write that may be refused passes. */
	snprintf(max, sizeof(max), "%d", 500000);
	crew_cmd(&c, "CONFIG", "SET", "maxmemory", max, NULL);
	CHECK_INT(cwork_enqueue(c.q, "t", CWORK_NO_ARGS, NULL, NULL), CWORK_E_FULL);
	CHECK(crew_start(&c, 0, NULL, 10, 5000));
	CHECK_SOON(crew_is_at_rest(&c));
	CHECK_INT(cwork_enqueue(c.q, "t", CWORK_NO_ARGS, NULL, NULL), CWORK_E_FULL);
	CHECK(stop_worker(&c));
	CHECK_INT(crew_distinct(&c), c.id_count);
	CHECK(crew_invariants(&c, 20)); /* the retries */
}

TEST(row_16_acks_land_after_redis_was_a_replica)
{
	own_by(crew_closep) struct crew c;

	CHECK(crew_open(&c, NULL));
	CHECK(crew_enqueue(&c, "t", 10, "{\"i\":%ld,\"ms\":400}"));
	CHECK(crew_start(&c, 0, NULL, 10, 5000));
	CHECK_SOON(crew_int(&c, "GET", "work:jobs:t:lock", NULL) == 10);
	crew_cmd(&c, "REPLICAOF", "127.0.0.1", "1", NULL);
	pause_ms(800); /* the handlers return meanwhile */
	crew_cmd(&c, "REPLICAOF", "NO", "ONE", NULL);
	CHECK_SOON(crew_is_at_rest(&c));
	CHECK(stop_worker(&c));
	CHECK_INT(crew_distinct(&c), c.id_count);
	CHECK(crew_invariants(&c, 0));
}
