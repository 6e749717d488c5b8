/* Row 24: the answer is lost after the work was done, for each kind of step in turn. */
#include "crew.h"
#include "proxy.h"
#include "scripts.h"

#include <signal.h>
#include <stdio.h>

static const char *path_of(const char *url)
{
	return url + strlen("unix://");
}

/* Enqueue through the proxy, repeating by once keys; work off through it; all must run exactly
 * once. */
static void lose(const char *marker, int every, const char *args, size_t retries, int at_least)
{
	own_by(crew_closep) struct crew c;
	char path[108], url[128];
	struct proxy *proxy;
	cwork_enqueuer *direct;
	int lost;

	CHECK(crew_open(&c, NULL));
	snprintf(path, sizeof(path), "%s/proxy", c.folder);
	snprintf(url, sizeof(url), "unix://%s", path);
	proxy = proxy_start(path, path_of(c.url));
	direct = c.q;
	CHECK_INT(cwork_enqueuer_new(&c.q,
				     &(cwork_enqueuer_options){
					     .size = sizeof(cwork_enqueuer_options), .redis = url},
				     NULL),
		  0);
	cwork_enqueuer_free(direct);
	proxy_lose(proxy, marker, every);
	CHECK(crew_enqueue(&c, "t", crew_scale(300, 10000), args));
	CHECK(crew_start(&c, 0, url, 5, 5000));
	CHECK_SOON(crew_is_at_rest(&c));
	lost = proxy_lost(proxy);
	proxy_lose(proxy, NULL, 1);
	crew_signal(&c, 0, SIGTERM);
	CHECK_INT(crew_wait(&c, 0), 0);
	proxy_stop(proxy);
	CHECK_MSG(lost >= at_least, "%d replies were lost", lost);
	CHECK_INT(crew_distinct(&c), c.id_count);
	CHECK(crew_invariants(&c, retries));
}

TEST(row_24_lost_answers_to_enqueuing)
{
	lose(script_enqueue.sha1, 5, "{\"i\":%ld}", 0, 10);
}

TEST(row_24_lost_answers_to_fetching)
{
	lose(script_fetch.sha1, 3, "{\"i\":%ld,\"ms\":1}", 0, 2);
}

TEST(row_24_lost_answers_to_acknowledging_by_place)
{
	lose(script_ack.sha1, 3, "{\"i\":%ld,\"ms\":1}", 0, 2);
}

TEST(row_24_lost_answers_to_settling_by_value)
{
	size_t count = (size_t)crew_scale(300, 10000);

	lose(script_settle.sha1, 3, "{\"i\":%ld,\"fail\":1}", count, 1);
}

TEST(row_24_lost_answers_to_requeuing)
{
	size_t count = (size_t)crew_scale(300, 10000);

	lose(script_requeue.sha1, 2, "{\"i\":%ld,\"fail\":1}", count, 1);
}

TEST(row_24_lost_answers_to_heartbeats)
{
	lose(script_heartbeat.sha1, 2, "{\"i\":%ld}", 0, 1);
}

TEST(row_24_lost_answers_to_observing)
{
	lose(script_observe.sha1, 1, "{\"i\":%ld,\"ms\":5}", 0, 0);
}
