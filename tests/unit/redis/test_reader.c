/* Bytes to replies: in any pieces, and hostile ones. */
#include "base/arena.h"
#include "base/strbuf.h"
#include "harness/test.h"
#include "redis/reader.h"

static struct arena arena;
static struct reply reply;
static cwork_error err;

static int feed(struct reader *r, struct slice bytes)
{
	size_t room;

	while (bytes.len) {
		char *space = reader_space(r, &room);
		size_t n = bytes.len < room ? bytes.len : room;
		int rc;

		memcpy(space, bytes.ptr, n);
		reader_received(r, n);
		bytes = slice_n(bytes.ptr + n, bytes.len - n);
		rc = reader_next(r, &arena, &reply, &err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static void freep(struct reader **r)
{
	reader_free(*r);
	arena_free(&arena);
}

#define READER(name)                                                                               \
	own_by(freep) struct reader *name = NULL;                                                  \
	CHECK_INT(reader_new(&name, NULL), 0)

TEST(every_type_is_read)
{
	READER(r);

	CHECK_INT(
		feed(r, SLICE("*6\r\n+OK\r\n-ERR no\r\n:-5\r\n$3\r\na\0b\r\n$-1\r\n*1\r\n*0\r\n")),
		1);
	CHECK_INT(reply.count, 6);
	CHECK_INT(reply.items[0].type, REPLY_STATUS);
	CHECK_SLICE(reply.items[0].str, SLICE("OK"));
	CHECK_INT(reply.items[1].type, REPLY_ERROR);
	CHECK_SLICE(reply.items[1].str, SLICE("ERR no"));
	CHECK_INT(reply.items[2].integer, -5);
	CHECK_SLICE(reply.items[3].str, SLICE("a\0b"));
	CHECK_INT(reply.items[3].str.ptr[3], '\0');
	CHECK_INT(reply.items[4].type, REPLY_NIL);
	CHECK_INT(reply.items[5].items[0].type, REPLY_ARRAY);
	CHECK_INT(reply.items[5].items[0].count, 0);
	CHECK(!reader_has_rest(r));
}

TEST(pieces_of_any_size_make_the_same_reply)
{
	static const char text[] = "*3\r\n$5\r\nhello\r\n*2\r\n:1\r\n+st\r\n$0\r\n\r\n";
	const size_t len = sizeof(text) - 1;

	for (size_t cut = 1; cut < len; cut++) {
		READER(r);

		CHECK_INT(feed(r, slice_n(text, cut)), 0);
		CHECK(reader_has_rest(r));
		CHECK_INT(feed(r, slice_n(text + cut, len - cut)), 1);
		CHECK_INT(reply.count, 3);
		CHECK_SLICE(reply.items[0].str, SLICE("hello"));
		CHECK_SLICE(reply.items[1].items[1].str, SLICE("st"));
		CHECK_INT(reply.items[2].str.len, 0);
		CHECK(!reader_has_rest(r));
	}
}

TEST(a_large_array_grows_as_it_comes)
{
	enum { COUNT = 300000 };
	own_by(strbuf_freep) struct strbuf text = {0};
	READER(r);

	strbuf_printf(&text, "*%d\r\n", COUNT);
	for (int i = 0; i < COUNT; i++)
		strbuf_printf(&text, ":%d\r\n", i);
	CHECK_INT(feed(r, strbuf_slice(&text)), 1);
	CHECK_INT(reply.count, COUNT);
	for (int i = 0; i < COUNT; i++)
		CHECK_INT(reply.items[i].integer, i);
}

TEST(replies_behind_each_other_come_one_by_one)
{
	READER(r);

	CHECK_INT(feed(r, SLICE("+a\r\n+b\r\n+c")), 1);
	CHECK_SLICE(reply.str, SLICE("a"));
	CHECK(reader_has_rest(r));
	CHECK_INT(reader_next(r, &arena, &reply, &err), 1);
	CHECK_SLICE(reply.str, SLICE("b"));
	CHECK_INT(reader_next(r, &arena, &reply, &err), 0);
	CHECK(reader_has_rest(r));
}

TEST(what_redis_never_says_is_refused_at_once)
{
	static const char *const hostile[] = {
		"HTTP/1.1 400 Bad Request\r\n",
		"$536870913\r\n",
		"$9223372036854775807\r\n",
		"$99999999999999999999999\r\n",
		"$-2\r\n",
		"$abc\r\n",
		"*16777217\r\n",
		"*9223372036854775807\r\n",
		"*-2\r\n",
		":abc\r\n",
		"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
		"%1\r\n+a\r\n+b\r\n",
		"~1\r\n+a\r\n",
		">1\r\n+a\r\n",
		",1.5\r\n",
		"#t\r\n",
		"(123\r\n",
		"=5\r\ntxt:a\r\n",
		"\r\n",
	};

	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		READER(r);

		CHECK_MSG(feed(r, slice_of(hostile[i])) == CWORK_E_PROTOCOL, "%s was taken",
			  hostile[i]);
		CHECK_MSG(arena.total < 64 << 20, "%s took %zu bytes", hostile[i], arena.total);
		/* And it stays refused. */
		CHECK_INT(reader_next(r, &arena, &reply, &err), CWORK_E_PROTOCOL);
	}
}

TEST(seven_levels_are_fine)
{
	READER(r);

	CHECK_INT(feed(r, SLICE("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n")), 1);
}

TEST(a_line_without_an_end_is_refused)
{
	own_by(strbuf_freep) struct strbuf text = {0};
	READER(r);

	strbuf_append_char(&text, '+');
	for (int i = 0; i < 2 << 20; i += 64)
		strbuf_printf(&text, "%64d", i);
	CHECK_INT(feed(r, strbuf_slice(&text)), CWORK_E_PROTOCOL);
}

TEST(a_full_arena_is_out_of_memory)
{
	READER(r);

	arena.limit = 1000;
	CHECK_INT(feed(r, SLICE("*100\r\n")), CWORK_E_NOMEM);
	arena.limit = 0;
}
