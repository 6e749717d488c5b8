/* The demo's screen: a live view on a terminal, plain lines elsewhere, and the summary. */
#include "demo.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards the feed */
static char feed[DEMO_FEED][128];
static unsigned long said;

static const char *const what[DEMO_TYPES] = {
	"fast, five thousand of them",	"slow, one at a time, tells how far it is",
	"fails twice, then succeeds",	"fails for ever",
	"unique: enqueued ten times",	"scheduled for later",
	"scheduled, one after another",
};

void demo_say(struct demo *d, enum demo_type type, const char *format, ...)
{
	int64_t ms = demo_now_ms() - d->start_ms;
	char text[80];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	pthread_mutex_lock(&mutex);
	snprintf(feed[said++ % DEMO_FEED], sizeof(feed[0]), "%5.1f s  %-14s %s", (double)ms / 1000,
		 demo_names[type], text);
	if (!isatty(STDOUT_FILENO) && !d->cli->json && !d->cli->quiet)
		printf("  %s\n", feed[(said - 1) % DEMO_FEED]);
	pthread_mutex_unlock(&mutex);
}

static void draw_types(struct demo *d, const struct colors *c)
{
	for (int i = 0; i < DEMO_TYPES; i++) {
		long done = atomic_load(&d->done[i]), failed = atomic_load(&d->failed[i]);

		printf("  %s%-14s%s %s%6ld done%s", c->bold, demo_names[i], c->off,
		       done ? c->green : c->dim, done, c->off);
		printf(" %s%4ld failed%s  %s%s%s\033[K\n", failed ? c->red : c->dim, failed, c->off,
		       c->dim, what[i], c->off);
	}
}

static void draw_feed(const struct colors *c)
{
	pthread_mutex_lock(&mutex);
	for (unsigned long i = 0; i < DEMO_FEED; i++) {
		unsigned long at = said < DEMO_FEED ? i : said + i;

		printf("  %s%s%s\033[K\n", c->cyan, feed[at % DEMO_FEED], c->off);
	}
	pthread_mutex_unlock(&mutex);
}

void demo_draw(struct demo *d, cwork_pool *pool, cwork_client *client, bool erase)
{
	cwork_pool_stats stats = {.size = sizeof(stats)};
	cwork_counts counts = {.size = sizeof(counts)};
	struct colors c = cli_colors(d->cli, stdout);

	if (!isatty(STDOUT_FILENO) || d->cli->json || d->cli->quiet)
		return;
	if (erase)
		printf("\033[%dA", DEMO_TYPES + DEMO_FEED + 4);
	cwork_pool_get_stats(pool, &stats);
	cwork_client_counts(client, &counts, NULL);
	draw_types(d, &c);
	printf("\033[K\n  %squeued%s %ld  %sscheduled%s %ld  %sretry%s %ld  %sdead%s %ld  "
	       "%sbusy%s %u of 10\033[K\n\033[K\n",
	       c.bold, c.off, (long)counts.queued, c.bold, c.off, (long)counts.scheduled, c.bold,
	       c.off, (long)counts.retry, c.bold, c.off, (long)counts.dead, c.bold, c.off,
	       stats.busy);
	draw_feed(&c);
	printf("\033[K\n");
	fflush(stdout);
}

static void print_json(struct demo *d, const cwork_counts *counts, double seconds)
{
	printf("{\"seconds\":%.3f,\"done\":{", seconds);
	for (int i = 0; i < DEMO_TYPES; i++)
		printf("%s\"%s\":%ld", i ? "," : "", demo_names[i], atomic_load(&d->done[i]));
	printf("},\"failed\":{");
	for (int i = 0; i < DEMO_TYPES; i++)
		printf("%s\"%s\":%ld", i ? "," : "", demo_names[i], atomic_load(&d->failed[i]));
	printf("},\"duplicates_refused\":%ld,\"checkins\":%ld,\"retry\":%ld,\"dead\":%ld}\n",
	       atomic_load(&d->duplicates), atomic_load(&d->checkins), (long)counts->retry,
	       (long)counts->dead);
}

void demo_explain(struct demo *d, cwork_client *client, const char *redis, bool keep)
{
	cwork_counts counts = {.size = sizeof(counts)};
	double seconds = (double)(demo_now_ms() - d->start_ms) / 1000;
	struct colors c = cli_colors(d->cli, stdout);

	cwork_client_counts(client, &counts, NULL);
	if (d->cli->json) {
		print_json(d, &counts, seconds);
		return;
	}
	printf("\n%sWhat happened in these %.1f seconds%s\n\n", c.bold, seconds, c.off);
	printf("  A private Redis was started, and a pool of 10 workers served 7 kinds of "
	       "jobs.\n\n");
	printf("  %ld thumbnails were made, fetched and acknowledged in batches.\n",
	       atomic_load(&d->done[DEMO_THUMBNAIL]));
	printf("  2 exports ran one after the other (max_concurrency 1) and checked in %ld "
	       "times.\n",
	       atomic_load(&d->checkins));
	printf("  3 calls to a flaky API failed %ld times, were retried later, and succeeded.\n",
	       atomic_load(&d->failed[DEMO_FLAKY]));
	printf("  1 broken job used up its 3 attempts: it is one of %ld in dead, to be looked "
	       "at.\n",
	       (long)counts.dead);
	printf("  The cache was to be cleared 10 times; %ld were refused as duplicates, 1 ran.\n",
	       atomic_load(&d->duplicates));
	printf("  2 reminders and 4 reports waited in the schedule for their time.\n");
	if (keep)
		printf("\nStill running, Ctrl-C ends it. From another terminal:\n"
		       "  cwork -r %s enqueue reminder text=hello\n",
		       redis);
	else
		printf("\nNext: %scwork enqueue --help%s, and docs/guide.md for a handler of your "
		       "own.\n",
		       c.bold, c.off);
}
