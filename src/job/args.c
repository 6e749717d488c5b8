/* Typed reading of a stored job's args, with gocraft/work's rules and error texts. */
#include "job/args.h"

#include "job/go_value.h"
#include <math.h>
#include <stdint.h>

/* gocraft/work's bound for whole doubles: 2^53 - 100. */
#define MAX_WHOLE 9007199254740892.0

bool args_find(struct slice args, struct slice key, struct json *out)
{
	struct json object = {.type = JSON_OBJECT, .span = args};
	struct json_walk walk;
	struct json name, value;
	bool found = false;

	if (args.len == 0)
		return false;
	walk = json_walk(&object);
	while (json_next(&walk, &name, &value))
		if (json_string_is(&name, key)) {
			*out = value;
			found = true;
		}
	return found;
}

/* A failed read always leaves a text. */
static bool refuse(const char **error, const char *text)
{
	*error = text ? text : "out of memory";
	return false;
}

static void begin_text(struct strbuf *text, struct slice key, const char *type)
{
	strbuf_printf(text, "looking for a %s in job.Arg[", type);
	strbuf_append_slice(text, key);
}

static bool missing(struct slice key, const char *type, struct arena *a, const char **error)
{
	own_by(strbuf_freep) struct strbuf text = {0};

	begin_text(&text, key, type);
	strbuf_append_str(&text, "] but key wasn't found");
	return refuse(error, text.failed ? NULL : arena_copy(a, strbuf_slice(&text)));
}

static bool wrong_type(struct slice key, const char *type, const struct json *value,
		       enum args_numbers numbers, struct arena *a, const char **error)
{
	own_by(strbuf_freep) struct strbuf text = {0};
	bool typed = numbers == ARGS_TYPED;

	begin_text(&text, key, type);
	strbuf_printf(&text, "] but value wasn't right type: %s(", go_value_type(value, typed));
	if (go_value_write(&text, value, typed) < 0)
		return refuse(error, NULL);
	strbuf_append_char(&text, ')');
	return refuse(error, text.failed ? NULL : arena_copy(a, strbuf_slice(&text)));
}

bool args_string(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
		 struct slice *out, const char **error)
{
	struct slice text;
	struct json value;

	*out = SLICE("");
	if (!args_find(args, key, &value))
		return missing(key, "string", a, error);
	if (value.type != JSON_STRING)
		return wrong_type(key, "string", &value, numbers, a, error);
	text = json_string(&value, a);
	if (!text.ptr)
		return refuse(error, NULL);
	*out = text;
	return true;
}

/* A whole double in gocraft/work's range. */
static bool whole_double(const struct json *value, int64_t *out)
{
	double d;

	if (!json_double(value, &d) || d != floor(d) || fabs(d) > MAX_WHOLE)
		return false;
	*out = (int64_t)d;
	return true;
}

static bool read_int64(const struct json *value, enum args_numbers numbers, int64_t *out)
{
	uint64_t u;

	if (numbers == ARGS_FLOAT64)
		return whole_double(value, out);
	if (json_int64(value, out))
		return true;
	if (json_uint64(value, &u)) /* a native unsigned integer beyond int64 */
		return false;
	return whole_double(value, out);
}

bool args_int64(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
		int64_t *out, const char **error)
{
	struct json value;

	*out = 0;
	if (!args_find(args, key, &value))
		return missing(key, "int64", a, error);
	if (value.type == JSON_NUMBER && read_int64(&value, numbers, out))
		return true;
	*out = 0;
	return wrong_type(key, "int64", &value, numbers, a, error);
}

bool args_double(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
		 double *out, const char **error)
{
	struct json value;

	*out = 0;
	if (!args_find(args, key, &value))
		return missing(key, "float64", a, error);
	if (value.type == JSON_NUMBER && json_double(&value, out))
		return true;
	*out = 0;
	return wrong_type(key, "float64", &value, numbers, a, error);
}

bool args_bool(struct slice args, struct slice key, enum args_numbers numbers, struct arena *a,
	       bool *out, const char **error)
{
	struct json value;

	*out = false;
	if (!args_find(args, key, &value))
		return missing(key, "bool", a, error);
	if (value.type != JSON_BOOL)
		return wrong_type(key, "bool", &value, numbers, a, error);
	*out = value.span.ptr[0] == 't';
	return true;
}
