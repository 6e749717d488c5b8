/*
 * Commands being written, as the bytes that go to the server: one buffer, no
 * allocation per command. Remembers where calls of scripts stand, so that one
 * the server does not know can be written again with its source.
 */
#ifndef REDIS_COMMANDS_H
#define REDIS_COMMANDS_H

#include "base/strbuf.h"
#include "redis/script.h"
#include <cwork/error.h>
#include <stdarg.h>

struct script_call {
	const struct script *script; /* kept; scripts are static */
	size_t index;		     /* of the command, from 0 */
	size_t argc;
	size_t rest, end; /* the bytes behind the SHA-1 */
};

/* Zero-initialised is ready. */
struct commands {
	struct strbuf out;
	size_t count;
	size_t words_left; /* of the command being written */
	bool at_name;	   /* the next word is a command's name */
	size_t direct;	   /* commands up to and with the first SUBSCRIBE; 0: there is none */
	struct script_call *calls;
	size_t call_count, call_cap;
	bool failed;	/* no memory for calls */
	bool too_large; /* a word was left out for it */
};

void commands_begin(struct commands *c, size_t argc);
void commands_begin_script(struct commands *c, const struct script *script, size_t nkeys,
			   size_t nargs);
void commands_arg(struct commands *c, struct slice s);
void commands_arg_int(struct commands *c, int64_t value);
/* A whole command from C strings, NULL at the end. */
void commands_words(struct commands *c, const char *name, ...) __attribute__((sentinel));
void commands_vwords(struct commands *c, const char *name, va_list args);
/* Write CALL of FROM into C again, as EVAL with the source. */
void commands_add_source(struct commands *c, const struct commands *from,
			 const struct script_call *call);
/* 0 when all commands are whole, or why not. */
int commands_check(const struct commands *c, cwork_error *err);
/* Forget the commands; the memory stays for the next ones unless it is large. */
void commands_clear(struct commands *c);
void commands_free(struct commands *c);

static inline void commands_freep(struct commands *c)
{
	commands_free(c);
}

#endif
