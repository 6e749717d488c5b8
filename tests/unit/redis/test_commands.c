/* The bytes of commands. */
#include "harness/test.h"
#include "redis/commands.h"

static const struct script script = {
	.name = "sum",
	.source = {"return 42", 9},
	.sha1 = "1fa00e76656cc152ad327c13fe365858fd7be306",
};

TEST(a_command_is_counted_words)
{
	own_by(commands_freep) struct commands c = {0};

	commands_begin(&c, 3);
	commands_arg(&c, SLICE("SET"));
	commands_arg(&c, slice_n("a\0\r\nb", 5));
	commands_arg_int(&c, INT64_MIN);
	CHECK_INT(commands_check(&c, NULL), 0);
	CHECK_INT(c.count, 1);
	CHECK_SLICE(strbuf_slice(&c.out), SLICE("*3\r\n$3\r\nSET\r\n$5\r\na\0\r\nb\r\n"
						"$20\r\n-9223372036854775808\r\n"));
}

TEST(empty_words_are_words)
{
	own_by(commands_freep) struct commands c = {0};

	commands_words(&c, "ECHO", "", NULL);
	CHECK_SLICE(strbuf_slice(&c.out), SLICE("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"));
}

TEST(a_script_is_called_by_its_sha1_and_again_by_its_source)
{
	own_by(commands_freep) struct commands c = {0}, again = {0};

	commands_words(&c, "PING", NULL);
	commands_begin_script(&c, &script, 1, 1);
	commands_arg(&c, SLICE("key"));
	commands_arg(&c, SLICE("arg"));
	commands_begin_script(&c, &script, 0, 0);
	CHECK_INT(c.count, 3);
	CHECK_INT(c.call_count, 2);
	CHECK_SLICE(
		slice_n(c.out.ptr + 14, c.out.len - 14),
		SLICE("*5\r\n$7\r\nEVALSHA\r\n$40\r\n1fa00e76656cc152ad327c13fe365858fd7be306\r\n"
		      "$1\r\n1\r\n$3\r\nkey\r\n$3\r\narg\r\n"
		      "*3\r\n$7\r\nEVALSHA\r\n$40\r\n1fa00e76656cc152ad327c13fe365858fd7be306\r\n"
		      "$1\r\n0\r\n"));
	commands_add_source(&again, &c, &c.calls[0]);
	commands_add_source(&again, &c, &c.calls[1]);
	CHECK_SLICE(
		strbuf_slice(&again.out),
		SLICE("*5\r\n$4\r\nEVAL\r\n$9\r\nreturn 42\r\n$1\r\n1\r\n$3\r\nkey\r\n$3\r\narg\r\n"
		      "*3\r\n$4\r\nEVAL\r\n$9\r\nreturn 42\r\n$1\r\n0\r\n"));
}

TEST(subscriptions_are_noticed_by_name_only)
{
	own_by(commands_freep) struct commands c = {0};

	commands_words(&c, "GET", "subscribe", NULL);
	CHECK_INT(c.direct, 0);
	commands_words(&c, "Subscribe", "channel", NULL);
	commands_words(&c, "PSUBSCRIBE", "c*", NULL);
	CHECK_INT(c.direct, 2);
	commands_clear(&c);
	CHECK_INT(c.direct, 0);
}

TEST(over_a_gigabyte_is_refused_and_forgotten)
{
	own_by(commands_freep) struct commands c = {0};
	cwork_error err = {0};

	commands_begin(&c, 2);
	commands_arg(&c, SLICE("ECHO"));
	/* Never read: the length alone refuses it. */
	commands_arg(&c, slice_n("", (size_t)1 << 40));
	CHECK_INT(commands_check(&c, &err), CWORK_E_TOO_LARGE);
	commands_clear(&c);
	commands_words(&c, "PING", NULL);
	CHECK_INT(commands_check(&c, &err), 0);
}
