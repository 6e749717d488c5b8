/* Log lines: printable, whole, and not too many. */
#include "test.h"

#include "base/log.h"
#include <stdio.h>
#include <time.h>

static struct heard {
	int count;
	enum cwork_log_level level;
	char line[1024];
} heard;

static void hear(enum cwork_log_level level, const char *line, void *data)
{
	struct heard *h = data;

	h->count++;
	h->level = level;
	snprintf(h->line, sizeof(h->line), "%s", line);
}

static const struct log to_heard = {hear, &heard};

TEST(a_line_arrives_with_its_level)
{
	heard = (struct heard){0};
	log_line(&to_heard, CWORK_LOG_WARNING, NULL, "job %d is late", 7);
	CHECK_INT(heard.count, 1);
	CHECK_INT(heard.level, CWORK_LOG_WARNING);
	CHECK_STR(heard.line, "job 7 is late");
}

TEST(without_a_listener_nothing_happens)
{
	log_line(&(struct log){0}, CWORK_LOG_ERROR, NULL, "nobody hears this");
}

TEST(hostile_bytes_can_not_start_a_second_line)
{
	log_line(&to_heard, CWORK_LOG_ERROR, NULL, "name %s", "x\nERROR forged\x1b[1m");
	CHECK_STR(heard.line, "name x\\nERROR forged\\x1b[1m");
}

TEST(without_a_limit_every_line_is_heard)
{
	heard = (struct heard){0};
	for (int i = 0; i < 10; i++)
		log_line(&to_heard, CWORK_LOG_INFO, NULL, "again");
	CHECK_INT(heard.count, 10);
}

TEST(a_repeated_line_is_heard_once_and_the_rest_are_counted)
{
	struct log_limit limit = {0};

	heard = (struct heard){0};
	for (int i = 0; i < 5; i++)
		log_line(&to_heard, CWORK_LOG_ERROR, &limit, "redis is down");
	CHECK_INT(heard.count, 1);
	CHECK_STR(heard.line, "redis is down");
	limit.last_ms -= 1001;
	log_line(&to_heard, CWORK_LOG_ERROR, &limit, "redis is down");
	CHECK_INT(heard.count, 2);
	CHECK_STR(heard.line, "redis is down (and 4 more like it)");
}

TEST(a_very_long_line_still_says_how_many_were_held_back)
{
	struct log_limit limit = {.last_ms = 1, .held = 12};

	heard = (struct heard){0};
	log_line(&to_heard, CWORK_LOG_ERROR, &limit, "%02000d", 1);
	CHECK_INT(heard.count, 1);
	CHECK(strlen(heard.line) < 512);
	CHECK(strstr(heard.line, "(and 12 more like it)"));
}
