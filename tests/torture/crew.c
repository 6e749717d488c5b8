/* Servers, workers, jobs of a torture run. */
#include "crew.h"

#include "base/strbuf.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

bool crew_open(struct crew *c, const char *const *config)
{
	static const char *const none[] = {NULL};

	*c = (struct crew){0};
	snprintf(c->folder, sizeof(c->folder), "/tmp/cwork-torture-XXXXXX");
	if (!mkdtemp(c->folder))
		return false;
	snprintf(c->log, sizeof(c->log), "%s/log", c->folder);
	c->server = fixture_server_start(config ? config : none);
	c->url = fixture_server_url(c->server);
	return redis_server_open(&c->redis_server, c->url, NULL) == 0 &&
	       redis_new(&c->redis, c->redis_server, NULL, NULL) == 0 &&
	       cwork_enqueuer_new(&c->q,
				  &(cwork_enqueuer_options){.size = sizeof(cwork_enqueuer_options),
							    .redis = c->url},
				  NULL) == 0;
}

static void remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(folder);
}

void crew_close(struct crew *c)
{
	for (int i = 0; i < CREW_MAX; i++)
		if (c->workers[i] > 0)
			crew_signal(c, i, SIGKILL);
	cwork_enqueuer_free(c->q);
	redis_free(c->redis);
	redis_server_unref(c->redis_server);
	if (c->server)
		fixture_server_stop(c->server);
	remove_folder(c->folder);
	for (size_t i = 0; i < c->id_count; i++)
		free(c->ids[i]);
	free(c->ids);
	arena_free(&c->arena);
}

long crew_scale(long small, long full)
{
	const char *scale = getenv("CWORK_TORTURE");

	return scale && strcmp(scale, "full") == 0 ? full : test_is_slow() ? small / 4 + 1 : small;
}

static bool note_id(struct crew *c, const char *id)
{
	if (c->id_count == c->id_cap) {
		c->id_cap = c->id_cap ? c->id_cap * 2 : 1024;
		c->ids = realloc(c->ids, c->id_cap * sizeof(*c->ids));
		if (!c->ids)
			return false;
	}
	c->ids[c->id_count] = strdup(id);
	return c->ids[c->id_count++] != NULL;
}

bool crew_enqueue(struct crew *c, const char *name, long count, const char *format)
{
	for (long i = 0; i < count; i++) {
		own_by(strbuf_freep) struct strbuf args = {0};
		char id[40];
		cwork_error err;
		int r;

		snprintf(id, sizeof(id), "%s-%zu-%ld", name, c->id_count, i);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		strbuf_printf(&args, format, i);
#pragma GCC diagnostic pop
		r = cwork_enqueue(c->q, name, cwork_args_json(args.ptr),
				  &(cwork_enqueue_options){.size = sizeof(cwork_enqueue_options),
							   .id = id,
							   .once_s = 3600},
				  &err);
		if (r < 0) {
			printf("# enqueue: %s\n", err.text);
			return false;
		}
		if (!note_id(c, id))
			return false;
	}
	return true;
}

bool crew_start(struct crew *c, int i, const char *url, unsigned concurrency, unsigned grace_ms)
{
	char threads[16], grace[16];
	pid_t pid = fork();

	snprintf(threads, sizeof(threads), "%u", concurrency);
	snprintf(grace, sizeof(grace), "%u", grace_ms);
	if (pid == 0) {
		execl(CWORK_TORTURE_WORKER, "worker", url ? url : c->url, c->log, threads, grace,
		      (char *)NULL);
		_exit(127);
	}
	c->workers[i] = pid;
	return pid > 0;
}

int crew_wait(struct crew *c, int i)
{
	int64_t deadline = test_deadline_ms();
	int status;

	while (waitpid(c->workers[i], &status, WNOHANG) == 0)
		if (!test_wait_a_little(deadline))
			return -1;
	c->workers[i] = 0;
	return status;
}

void crew_signal(struct crew *c, int i, int signal)
{
	if (c->workers[i] <= 0)
		return;
	kill(c->workers[i], signal);
	if (signal == SIGKILL)
		crew_wait(c, i);
}

bool crew_is_alive(struct crew *c, int i)
{
	int status;

	if (c->workers[i] <= 0)
		return false;
	if (waitpid(c->workers[i], &status, WNOHANG) == 0)
		return true;
	c->workers[i] = 0;
	return false;
}

static void print_reply(struct strbuf *out, const struct reply *r)
{
	if (r->type == REPLY_INTEGER)
		strbuf_append_int(out, r->integer);
	else if (r->type != REPLY_NIL && r->type != REPLY_ARRAY)
		strbuf_append_slice(out, r->str);
	for (size_t i = 0; r->type == REPLY_ARRAY && i < r->count; i++) {
		if (i)
			strbuf_append_char(out, '\n');
		print_reply(out, &r->items[i]);
	}
}

static const char *converse(struct crew *c)
{
	own_by(strbuf_freep) struct strbuf text = {0};
	struct reply *replies;

	if (redis_exchange(c->redis, &c->arena, &replies, NULL) < 0)
		return "";
	print_reply(&text, &replies[0]);
	return arena_copy(&c->arena, strbuf_slice(&text));
}

static void begin_words(struct crew *c, const char *word, va_list rest)
{
	const char *words[16];
	size_t n = 0;

	for (; word && n < 16; word = va_arg(rest, const char *))
		words[n++] = word;
	redis_begin(c->redis, n);
	for (size_t i = 0; i < n; i++)
		redis_arg_str(c->redis, words[i]);
}

const char *crew_cmd(struct crew *c, const char *word, ...)
{
	va_list rest;

	va_start(rest, word);
	begin_words(c, word, rest);
	va_end(rest);
	return converse(c);
}

int64_t crew_int(struct crew *c, const char *word, ...)
{
	va_list rest;

	va_start(rest, word);
	begin_words(c, word, rest);
	va_end(rest);
	return strtoll(converse(c), NULL, 10);
}

static void reap_name(struct crew *c, const char *pool, const char *name)
{
	char list[128], queue[64], lock[64], info[64];

	snprintf(list, sizeof(list), "work:jobs:%s:%s:inprogress", name, pool);
	snprintf(queue, sizeof(queue), "work:jobs:%s", name);
	snprintf(lock, sizeof(lock), "work:jobs:%s:lock", name);
	snprintf(info, sizeof(info), "work:jobs:%s:lock_info", name);
	while (crew_cmd(c, "RPOPLPUSH", list, queue, NULL)[0]) {
		crew_cmd(c, "DECR", lock, NULL);
		crew_cmd(c, "HINCRBY", info, pool, "-1", NULL);
		c->reaped++;
	}
	crew_cmd(c, "HDEL", info, pool, NULL);
}

void crew_reap_as_go(struct crew *c)
{
	char *pools = strdup(crew_cmd(c, "SMEMBERS", "work:worker_pools", NULL)), *save = NULL;

	for (char *pool = strtok_r(pools, "\n", &save); pool; pool = strtok_r(NULL, "\n", &save)) {
		char key[96];
		pid_t pid;

		snprintf(key, sizeof(key), "work:worker_pools:%s", pool);
		pid = (pid_t)crew_int(c, "HGET", key, "pid", NULL);
		if (pid > 0 && kill(pid, 0) == 0)
			continue;
		reap_name(c, pool, "t");
		reap_name(c, pool, "u");
		crew_cmd(c, "DEL", key, NULL);
		crew_cmd(c, "SREM", "work:worker_pools", pool, NULL);
	}
	free(pools);
	arena_reset(&c->arena);
}

bool crew_is_at_rest(struct crew *c)
{
	/* In one step: of a job that moves meanwhile nothing might be seen anywhere. */
	static const char count[] =
		"return redis.call('LLEN', 'work:jobs:t') + redis.call('LLEN', 'work:jobs:u')"
		" + redis.call('ZCARD', 'work:retry') + redis.call('ZCARD', 'work:scheduled')"
		" + #redis.call('KEYS', '*inprogress')";
	bool rest = strcmp(crew_cmd(c, "EVAL", count, "0", NULL), "0") == 0;

	arena_reset(&c->arena);
	return rest;
}
