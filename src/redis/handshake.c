/*
 * What is said before the user's commands. PING is there for its refusals:
 * AUTH, SELECT and INFO are answered also by a server that is loading its data
 * or has lost its master.
 */
#include "redis/handshake.h"
#include "base/error.h"
#include "base/parse.h"
#include "redis/reply_error.h"
#include <assert.h>
#include <string.h>

enum step { STEP_AUTH, STEP_SELECT, STEP_NAME, STEP_PING, STEP_INFO, STEPS };

struct plan {
	struct commands commands;
	enum step steps[STEPS];
};

/* The next command is STEP's. */
static void note(struct plan *p, enum step step)
{
	assert(p->commands.count < STEPS);
	p->steps[p->commands.count] = step;
}

static void plan_auth(struct plan *p, const struct redis_url *url)
{
	if (!url->password)
		return;
	note(p, STEP_AUTH);
	if (url->user)
		commands_words(&p->commands, "AUTH", url->user, url->password, NULL);
	else
		commands_words(&p->commands, "AUTH", url->password, NULL);
}

static void plan_select(struct plan *p, const struct redis_url *url)
{
	if (url->db == 0)
		return;
	note(p, STEP_SELECT);
	commands_begin(&p->commands, 2);
	commands_arg(&p->commands, SLICE("SELECT"));
	commands_arg_int(&p->commands, url->db);
}

static void plan_rest(struct plan *p, const char *name)
{
	if (name) {
		note(p, STEP_NAME);
		commands_words(&p->commands, "CLIENT", "SETNAME", name, NULL);
	}
	note(p, STEP_PING);
	commands_words(&p->commands, "PING", NULL);
	note(p, STEP_INFO);
	commands_words(&p->commands, "INFO", "server", NULL);
}

/* The password stands in the buffer, which would otherwise go back to malloc as it is. */
static void plan_free(struct plan *p)
{
	if (p->commands.out.ptr)
		explicit_bzero(p->commands.out.ptr, p->commands.out.cap);
	commands_free(&p->commands);
}

/* "7.0.15" is 70015. */
static int parse_version(struct slice s)
{
	int version = 0, part = 0, parts = 0;

	for (size_t i = 0; i <= s.len && parts < 3; i++) {
		if (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' && part < 100) {
			part = part * 10 + (s.ptr[i] - '0');
		} else {
			version = version * 100 + (part > 99 ? 99 : part);
			part = 0;
			parts++;
		}
	}
	return parts == 3 ? version : 0;
}

static int info_version(const struct reply *info)
{
	static const char mark[] = "redis_version:";
	const char *at, *end;

	if (info->type != REPLY_STRING)
		return 0;
	at = memmem(info->str.ptr, info->str.len, mark, sizeof(mark) - 1);
	if (!at)
		return 0;
	at += sizeof(mark) - 1;
	end = at + strcspn(at, "\r\n");
	return parse_version(slice_n(at, (size_t)(end - at)));
}

/*
 * Commands that are not needed may be forbidden. Anything else a server says
 * before version 6 about credentials comes as a plain ERR, and refuses them.
 */
static int judge(enum step step, const struct reply *reply, cwork_error *err)
{
	int code = reply->type == REPLY_ERROR ? reply_error_code(reply) : 0;

	if (code == 0)
		return 0;
	if (step > STEP_SELECT && slice_begins(reply->str, SLICE("NOPERM")))
		return 0;
	if (code == CWORK_E_REDIS && (step == STEP_NAME || step == STEP_INFO))
		return 0;
	reply_check(reply, err);
	if (step == STEP_AUTH && code == CWORK_E_REDIS)
		return error_set(err, CWORK_E_AUTH, "the server refused the credentials");
	return code;
}

static int read_answers(const struct plan *p, const struct reply *replies, int *version,
			cwork_error *err)
{
	int r = 0;

	for (size_t i = 0; i < p->commands.count && r == 0; i++)
		r = judge(p->steps[i], &replies[i], err);
	*version = info_version(&replies[p->commands.count - 1]);
	return r;
}

int handshake(struct wire *w, const struct redis_url *url, const char *name, int *version,
	      cwork_error *err)
{
	own_by(plan_free) struct plan plan = {0};
	own_by(arena_free) struct arena arena = {0};
	struct round round = {.arena = &arena};
	int r;

	plan_auth(&plan, url);
	plan_select(&plan, url);
	plan_rest(&plan, name);
	r = commands_check(&plan.commands, err);
	if (r < 0)
		return r;
	round.direct = plan.commands.count;
	r = wire_round_trip(w, &plan.commands, &round, err);
	if (r == CWORK_E_UNKNOWN) /* nothing of the user's was sent */
		return error_prefix(err, CWORK_E_CONNECT, "greeting the server");
	return r < 0 ? r : read_answers(&plan, round.replies, version, err);
}
