/* cwork demo: what cwork does, seen in half a minute and without any set-up. */
#include "demo.h"

#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIME_LIMIT_MS 27000

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = interrupt};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

struct run {
	struct demo demo;
	const char *redis;
	char url[256], directory[128];
	bool keep;
	cwork_pool *pool;
	cwork_enqueuer *q;
	cwork_client *client;
};

/* A Redis of its own, in a directory that goes with the demo, unless the user names another. */
static int choose_redis(struct run *r)
{
	if (r->demo.cli->redis) {
		r->redis = r->demo.cli->redis;
		return EXIT_DONE;
	}
	snprintf(r->directory, sizeof(r->directory), "/tmp/cwork-demo-XXXXXX");
	if (!mkdtemp(r->directory))
		return cli_fail("can't make a directory in /tmp");
	snprintf(r->url, sizeof(r->url), "embedded:%s", r->directory);
	r->redis = r->url;
	return EXIT_DONE;
}

static int set_up(struct run *r, cwork_error *err)
{
	const struct cli *cli = r->demo.cli;
	int e = cwork_enqueuer_new(&r->q,
				   &(cwork_enqueuer_options){.size = sizeof(cwork_enqueuer_options),
							     .redis = r->redis,
							     .ns = cli->ns},
				   err);

	if (e == 0)
		e = cwork_client_new(&r->client,
				     &(cwork_client_options){.size = sizeof(cwork_client_options),
							     .redis = r->redis,
							     .ns = cli->ns},
				     err);
	if (e == 0)
		e = cwork_pool_new(&r->pool,
				   &(cwork_pool_options){.size = sizeof(cwork_pool_options),
							 .redis = r->redis,
							 .ns = cli->ns,
							 .grace_ms = 3000,
							 .log = cli_log,
							 .log_data = (void *)cli},
				   err);
	if (e == 0)
		e = demo_register(r->pool, &r->demo, err);
	return e;
}

static void watch(struct run *r)
{
	bool erase = false;

	while (!interrupted && !demo_is_over(&r->demo) &&
	       demo_now_ms() - r->demo.start_ms < TIME_LIMIT_MS) {
		demo_draw(&r->demo, r->pool, r->client, erase);
		erase = true;
		usleep(100000);
	}
	/* The last results are settled in Redis a moment after their handlers returned. */
	cwork_pool_drain(r->pool, NULL);
	demo_draw(&r->demo, r->pool, r->client, erase);
}

static int play(struct run *r, cwork_error *err)
{
	int e = demo_enqueue(r->q, &r->demo, err);

	if (e == 0)
		e = cwork_pool_start(r->pool, err);
	if (e < 0)
		return e;
	watch(r);
	if (!interrupted)
		demo_explain(&r->demo, r->client, r->redis, r->keep);
	while (r->keep && !interrupted)
		usleep(100000);
	return cwork_pool_stop(r->pool, err);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

/* The private server's directory goes once the server has ended, which it does after its last user.
 */
static void remove_directory(const char *directory)
{
	char socket[160];

	if (!*directory)
		return;
	snprintf(socket, sizeof(socket), "%s/redis.sock", directory);
	for (int i = 0; i < 150 && access(socket, F_OK) == 0; i++)
		usleep(20000);
	for (int i = 0; i < 50 && nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0; i++)
		usleep(20000);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct run r = {.demo = {.cli = cli}};
	const struct option_spec table[] = {
		{"keep", 0, NULL, "keep running afterwards, to be looked at", NULL, &r.keep},
		{0},
	};
	int words = options_parse(cli, &command_demo, table, argc, argv), e;
	cwork_error err = {0};
	bool over;

	if (words < 0)
		return -words;
	if (words > 0)
		return cli_usage_error(&command_demo, "unexpected %s", argv[1]);
	catch_signals();
	if (choose_redis(&r) != EXIT_DONE)
		return EXIT_FAILED;
	r.demo.start_ms = demo_now_ms();
	e = set_up(&r, &err);
	if (e == 0)
		e = play(&r, &err);
	over = demo_is_over(&r.demo);
	cwork_pool_free(r.pool);
	cwork_client_free(r.client);
	cwork_enqueuer_free(r.q);
	remove_directory(r.directory);
	if (e < 0)
		return cli_fail("%s", err.text);
	if (!over && !interrupted)
		return cli_fail("the jobs did not end in %d s", TIME_LIMIT_MS / 1000);
	return EXIT_DONE;
}

const struct command command_demo = {
	"demo",
	"[--keep]",
	"See jobs run: a private Redis, seven kinds of jobs, half a minute",
	run,
};
