/*
 * The parser is hiredis' redisReader with object functions of ours, so that
 * replies land in the caller's arena without a second tree. Works with hiredis
 * 0.14 to 1.3; what those do not check is checked here:
 *
 * - A declared length is believed by hiredis until the bytes have come, so a
 *   hostile "$999999999999" would buffer without end: parts of replies that
 *   wait for more are looked at (refuse_pending).
 * - A declared count would be allocated at once: large arrays grow as their
 *   elements come (array_slot).
 * - 1.2 and 1.3 crash on deep nesting, 0.14 refuses it: refused from 7 on, in
 *   all versions. RESP3 types are refused too: nobody asked for them.
 * - 0.14 aborts when it can't re-create its buffer after freeing a large one:
 *   it is told never to free it (maxbuf), and large readers are replaced whole.
 * - Each reply taken moves what is left in the buffer to its front, so the
 *   bytes are fed in slices.
 */
#include "redis/reader.h"
#include "base/error.h"
#include "base/parse.h"
#include <assert.h>
#include <hiredis/hiredis.h>

enum {
	CHUNK = 64 * 1024,	   /* bytes per recv */
	SLICE_BYTES = 16 * 1024,   /* bytes per feed */
	KEEP_BUFFER = 1024 * 1024, /* a larger buffer of hiredis is dropped once it is empty */
	ARRAY_AT_ONCE = 64 * 1024, /* elements allocated on a declaration; a power of two */
	ARRAY_MAX = 16 * 1024 * 1024,
	NESTING_MAX = 7,
	LINE_MAX_BYTES = 64 * 1024,
	LENGTH_LINE_MAX = 32,
	BULK_MAX = 512 * 1024 * 1024,	       /* Redis' own limit, proto-max-bulk-len */
	READER_MAX_BYTES = 1024 * 1024 * 1024, /* memory of the replies to one exchange */
};

#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#define CURRENT_TASK(h) ((h)->task[(h)->ridx])
#else
typedef int element_count;
#define CURRENT_TASK(h) (&(h)->rstack[(h)->ridx])
#endif

struct reader {
	redisReader *hiredis;
	struct arena *arena; /* of the reply being read */
	struct reply *root;  /* where it goes */
	const char
		*refusal;   /* why an object function answered NULL; static text, or NULL: memory */
	size_t used;	    /* memory of replies since reader_begin() */
	size_t peak;	    /* most bytes that hiredis had buffered */
	size_t fed, filled; /* chunk[fed..filled) waits to be fed */
	char chunk[CHUNK];
};

static void *refuse(struct reader *r, const char *why)
{
	r->refusal = why;
	return NULL;
}

/* Make room in ARRAY, of which INDEX elements are in use and DECLARED were announced. */
static bool grow_array(struct reader *r, struct reply *array, size_t index, size_t declared)
{
	size_t room = declared - index > index ? index * 2 : declared;
	struct reply *items = arena_alloc(r->arena, room * sizeof(*items));

	if (!items)
		return false;
	memcpy(items, array->items, index * sizeof(*items));
	array->items = items;
	return true;
}

/*
 * Arrays have room for ARRAY_AT_ONCE elements at first and double at the powers
 * of two above; so the room is known without being stored. Nothing points to
 * the elements that move: only the last one of an array can be unfinished.
 */
static struct reply *array_slot(struct reader *r, const redisReadTask *task)
{
	struct reply *array = task->parent->obj;
	size_t index = (size_t)task->idx;

	if (index >= ARRAY_AT_ONCE && (index & (index - 1)) == 0 &&
	    !grow_array(r, array, index, array->count))
		return NULL;
	return &array->items[index];
}

/* The struct that TASK's reply goes to, BYTES of payload being charged; NULL to refuse. */
static struct reply *slot(const redisReadTask *task, size_t bytes)
{
	struct reader *r = task->privdata;

	r->used += sizeof(struct reply) + bytes;
	if (r->used > READER_MAX_BYTES)
		return refuse(r, "the replies are over 1 GB");
	return task->parent ? array_slot(r, task) : r->root;
}

static void *make_string(const redisReadTask *task, char *bytes, size_t len)
{
	static const enum reply_type types[] = {
		[REDIS_REPLY_STRING] = REPLY_STRING,
		[REDIS_REPLY_STATUS] = REPLY_STATUS,
		[REDIS_REPLY_ERROR] = REPLY_ERROR,
	};
	struct reader *r = task->privdata;
	struct reply *out = slot(task, len + 1);
	char *copy;

	if (!out)
		return NULL;
	if (task->type != REDIS_REPLY_STRING && task->type != REDIS_REPLY_STATUS &&
	    task->type != REDIS_REPLY_ERROR)
		return refuse(r, "a type that was not asked for");
	copy = arena_alloc(r->arena, len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	*out = (struct reply){.type = types[task->type], .str = {copy, len}};
	return out;
}

static size_t depth_of(const redisReadTask *task)
{
	size_t depth = 0;

	while ((task = task->parent))
		depth++;
	return depth;
}

static void *make_array(const redisReadTask *task, element_count declared)
{
	struct reader *r = task->privdata;
	size_t count = (size_t)declared, room = count < ARRAY_AT_ONCE ? count : ARRAY_AT_ONCE;
	struct reply *out = slot(task, 0);
	struct reply *items = NULL;

	if (!out)
		return NULL;
	if (task->type != REDIS_REPLY_ARRAY)
		return refuse(r, "a type that was not asked for");
	if (depth_of(task) >= NESTING_MAX)
		return refuse(r, "an array nested too deep");
	if (count > ARRAY_MAX)
		return refuse(r, "an array of over 16 million elements");
	if (count) {
		items = arena_alloc(r->arena, room * sizeof(*items));
		if (!items)
			return NULL;
	}
	*out = (struct reply){.type = REPLY_ARRAY, .count = count, .items = items};
	return out;
}

static void *make_integer(const redisReadTask *task, long long value)
{
	struct reply *out = slot(task, 0);

	if (out)
		*out = (struct reply){.type = REPLY_INTEGER, .integer = value};
	return out;
}

static void *make_nil(const redisReadTask *task)
{
	struct reply *out = slot(task, 0);

	if (out)
		*out = (struct reply){.type = REPLY_NIL};
	return out;
}

#if HIREDIS_MAJOR >= 1
static void *refuse_double(const redisReadTask *task, double value, char *text, size_t len)
{
	(void)value;
	(void)text;
	(void)len;
	return refuse(task->privdata, "a type that was not asked for");
}

static void *refuse_bool(const redisReadTask *task, int value)
{
	(void)value;
	return refuse(task->privdata, "a type that was not asked for");
}
#endif

static redisReplyObjectFunctions functions = {
	.createString = make_string,
	.createArray = make_array,
	.createInteger = make_integer,
	.createNil = make_nil,
#if HIREDIS_MAJOR >= 1
	.createDouble = refuse_double,
	.createBool = refuse_bool,
#endif
};

static redisReader *hiredis_new(struct reader *r)
{
	redisReader *h = redisReaderCreateWithFunctions(&functions);

	if (!h)
		return NULL;
	h->maxbuf = 0;
	h->privdata = r;
	return h;
}

int reader_new(struct reader **out, cwork_error *err)
{
	struct reader *r = malloc(sizeof(*r));

	if (!r)
		return error_nomem(err);
	memset(r, 0, offsetof(struct reader, chunk));
	r->hiredis = hiredis_new(r);
	if (!r->hiredis) {
		free(r);
		return error_nomem(err);
	}
	*out = r;
	return 0;
}

struct reader *reader_free(struct reader *r)
{
	if (!r)
		return NULL;
	redisReaderFree(r->hiredis);
	free(r);
	return NULL;
}

char *reader_space(struct reader *r, size_t *len)
{
	assert(r->fed == r->filled);
	*len = sizeof(r->chunk);
	return r->chunk;
}

void reader_received(struct reader *r, size_t len)
{
	r->fed = 0;
	r->filled = len;
}

void reader_begin(struct reader *r)
{
	r->used = 0;
}

/* hiredis begins a task of type -1 before it has seen any byte of a reply. */
static bool in_reply(const redisReader *h)
{
	return h->ridx > 0 || (h->ridx == 0 && CURRENT_TASK(h)->type != -1);
}

bool reader_has_rest(const struct reader *r)
{
	return r->fed < r->filled || r->hiredis->pos < r->hiredis->len || in_reply(r->hiredis);
}

static int bad(cwork_error *err, const char *why)
{
	return error_set(err, CWORK_E_PROTOCOL, "not an answer that Redis gives: %s", why);
}

static int failure(const struct reader *r, cwork_error *err)
{
	if (r->refusal)
		return bad(err, r->refusal);
	if (r->hiredis->err == REDIS_ERR_PROTOCOL)
		return bad(err, r->hiredis->errstr);
	return error_nomem(err);
}

/* The declared length of the string whose length line WAITING begins with is within bounds. */
static bool bulk_is_bounded(struct slice waiting)
{
	const char *end = memmem(waiting.ptr, waiting.len, "\r\n", 2);
	int64_t len;

	if (!end)
		return waiting.len < LENGTH_LINE_MAX;
	if (!parse_int64(slice_n(waiting.ptr, (size_t)(end - waiting.ptr)), &len))
		return false;
	return len <= BULK_MAX;
}

/* hiredis waits for the rest of a reply: is there any sense in waiting? */
static int refuse_pending(const struct reader *r, cwork_error *err)
{
	const redisReader *h = r->hiredis;
	struct slice waiting = {h->buf + h->pos, h->len - h->pos};

	if (waiting.len == 0 || !in_reply(h))
		return 0;
	if (CURRENT_TASK(h)->type == REDIS_REPLY_STRING)
		return bulk_is_bounded(waiting) ? 0 : bad(err, "a string of over 512 MB");
	return waiting.len <= LINE_MAX_BYTES ? 0 : bad(err, "a line of over 64 kB");
}

/* Give hiredis the next slice. False when there is none, or no memory (hiredis->err is set). */
static bool feed(struct reader *r)
{
	size_t n = r->filled - r->fed;

	if (n == 0)
		return false;
	if (n > SLICE_BYTES)
		n = SLICE_BYTES;
	if (redisReaderFeed(r->hiredis, r->chunk + r->fed, n) != REDIS_OK)
		return false;
	r->fed += n;
	return true;
}

/* Give the memory of a large reply back once it was read. */
static void drop_large_buffer(struct reader *r)
{
	redisReader *fresh;

	if (r->peak <= KEEP_BUFFER || r->hiredis->pos < r->hiredis->len)
		return;
	fresh = hiredis_new(r);
	if (!fresh)
		return; /* the old one serves as well */
	redisReaderFree(r->hiredis);
	r->hiredis = fresh;
	r->peak = 0;
}

int reader_next(struct reader *r, struct arena *a, struct reply *out, cwork_error *err)
{
	void *object = NULL;

	r->arena = a;
	r->root = out;
	for (;;) {
		if (r->hiredis->len > r->peak)
			r->peak = r->hiredis->len;
		if (redisReaderGetReply(r->hiredis, &object) != REDIS_OK)
			return failure(r, err);
		if (object) {
			drop_large_buffer(r);
			return 1;
		}
		if (!feed(r))
			break;
	}
	if (r->hiredis->err)
		return failure(r, err);
	return refuse_pending(r, err);
}
