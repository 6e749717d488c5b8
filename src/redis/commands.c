/*
 * The writing half of the protocol: "*2\r\n$4\r\nLLEN\r\n$3\r\nkey\r\n". Knows
 * nothing of sockets or replies.
 */
#include "redis/commands.h"
#include "base/error.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	HEADER_MAX = 24,	      /* '*' or '$', 20 digits, "\r\n" */
	OUT_MAX = 1024 * 1024 * 1024, /* Redis closes a client whose queries need more */
	KEEP_BUFFER = 1024 * 1024,
};

/* Write TYPE, N and "\r\n" to P; returns the end. */
static char *put_header(char *p, char type, size_t n)
{
	char digits[20];
	size_t len = 0;

	*p++ = type;
	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	while (len)
		*p++ = digits[--len];
	*p++ = '\r';
	*p++ = '\n';
	return p;
}

/* Room for LEN bytes and the punctuation around them. */
static char *room(struct commands *c, size_t len)
{
	if (c->out.len > OUT_MAX || len > OUT_MAX - c->out.len) {
		c->too_large = true;
		return NULL;
	}
	return strbuf_room(&c->out, len + HEADER_MAX + 2);
}

static void put_count(struct commands *c, size_t argc)
{
	char *p = room(c, 0);

	if (p)
		c->out.len = (size_t)(put_header(p, '*', argc) - c->out.ptr);
}

static void put_word(struct commands *c, struct slice s)
{
	char *p = room(c, s.len);

	if (!p)
		return;
	p = put_header(p, '$', s.len);
	if (s.len)
		memcpy(p, s.ptr, s.len);
	p += s.len;
	*p++ = '\r';
	*p++ = '\n';
	c->out.len = (size_t)(p - c->out.ptr);
}

static void put_number(struct commands *c, size_t n)
{
	char digits[HEADER_MAX];
	char *end = put_header(digits, '$', n);

	put_word(c, slice_n(digits + 1, (size_t)(end - digits) - 3));
}

void commands_begin(struct commands *c, size_t argc)
{
	assert(c->words_left == 0 && argc > 0);
	c->words_left = argc;
	c->at_name = true;
	put_count(c, argc);
}

static struct script_call *add_call(struct commands *c)
{
	size_t cap = c->call_cap ? c->call_cap * 2 : 16;
	struct script_call *calls;

	if (c->call_count == c->call_cap) {
		calls = reallocarray(c->calls, cap, sizeof(*calls));
		if (!calls) {
			c->failed = true;
			return NULL;
		}
		c->calls = calls;
		c->call_cap = cap;
	}
	return &c->calls[c->call_count++];
}

static void end_command(struct commands *c)
{
	if (c->calls && c->call_count && c->calls[c->call_count - 1].index == c->count)
		c->calls[c->call_count - 1].end = c->out.len;
	c->count++;
}

void commands_begin_script(struct commands *c, const struct script *script, size_t nkeys,
			   size_t nargs)
{
	struct script_call *call;

	assert(c->words_left == 0);
	put_count(c, 3 + nkeys + nargs);
	put_word(c, SLICE("EVALSHA"));
	put_word(c, slice_n(script->sha1, sizeof(script->sha1) - 1));
	call = add_call(c);
	if (call)
		*call = (struct script_call){
			.script = script,
			.index = c->count,
			.argc = 3 + nkeys + nargs,
			.rest = c->out.len,
		};
	put_number(c, nkeys);
	c->at_name = false;
	c->words_left = nkeys + nargs;
	if (c->words_left == 0)
		end_command(c);
}

static bool is_subscribe(struct slice s)
{
	return (s.len == 9 && strncasecmp(s.ptr, "subscribe", 9) == 0) ||
	       (s.len == 10 && strncasecmp(s.ptr, "psubscribe", 10) == 0);
}

void commands_arg(struct commands *c, struct slice s)
{
	assert(c->words_left > 0);
	if (c->at_name && c->direct == 0 && is_subscribe(s))
		c->direct = c->count + 1;
	c->at_name = false;
	put_word(c, s);
	if (--c->words_left == 0)
		end_command(c);
}

void commands_arg_int(struct commands *c, int64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRId64, value);

	commands_arg(c, slice_n(text, (size_t)len));
}

void commands_vwords(struct commands *c, const char *name, va_list args)
{
	va_list counting;
	size_t argc = 1;

	va_copy(counting, args);
	while (va_arg(counting, const char *))
		argc++;
	va_end(counting);
	commands_begin(c, argc);
	for (const char *word = name; word; word = va_arg(args, const char *))
		commands_arg(c, slice_of(word));
}

void commands_words(struct commands *c, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	commands_vwords(c, name, args);
	va_end(args);
}

void commands_add_source(struct commands *c, const struct commands *from,
			 const struct script_call *call)
{
	char *rest;
	size_t len = call->end - call->rest;

	put_count(c, call->argc);
	put_word(c, SLICE("EVAL"));
	put_word(c, call->script->source);
	rest = room(c, len);
	if (rest) {
		memcpy(rest, from->out.ptr + call->rest, len);
		c->out.len += len;
	}
	c->count++;
}

int commands_check(const struct commands *c, cwork_error *err)
{
	assert(c->words_left == 0);
	if (c->too_large)
		return error_set(err, CWORK_E_TOO_LARGE, "over 1 GB of commands in one exchange");
	return c->out.failed || c->failed ? error_nomem(err) : 0;
}

void commands_clear(struct commands *c)
{
	if (c->out.cap > KEEP_BUFFER)
		strbuf_free(&c->out);
	strbuf_clear(&c->out);
	c->count = c->words_left = c->direct = c->call_count = 0;
	c->failed = c->too_large = false;
}

void commands_free(struct commands *c)
{
	strbuf_free(&c->out);
	free(c->calls);
	*c = (struct commands){0};
}
