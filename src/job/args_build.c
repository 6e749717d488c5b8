/* The public constructors of arguments (args.h). They only note; canonical.c checks and writes. */
#include <cwork/args.h>
#include <string.h>

cwork_arg cwork_str(const char *key, const char *text)
{
	return text ? cwork_strn(key, text, strlen(text)) : cwork_null(key);
}

cwork_arg cwork_strn(const char *key, const char *text, size_t len)
{
	return (cwork_arg){.key = key, .type = CWORK_ARG_STRING, .text = text, .len = len};
}

cwork_arg cwork_int(const char *key, int64_t value)
{
	return (cwork_arg){.key = key, .type = CWORK_ARG_INT, .value.i = value};
}

cwork_arg cwork_uint(const char *key, uint64_t value)
{
	return (cwork_arg){.key = key, .type = CWORK_ARG_UINT, .value.u = value};
}

cwork_arg cwork_double(const char *key, double value)
{
	return (cwork_arg){.key = key, .type = CWORK_ARG_DOUBLE, .value.d = value};
}

cwork_arg cwork_bool(const char *key, bool value)
{
	return (cwork_arg){.key = key, .type = CWORK_ARG_BOOL, .value.b = value};
}

cwork_arg cwork_null(const char *key)
{
	return (cwork_arg){.key = key, .type = CWORK_ARG_NULL};
}

cwork_arg cwork_json(const char *key, const char *json)
{
	const char *text = json ? json : "null";

	return (cwork_arg){.key = key, .type = CWORK_ARG_JSON, .text = text, .len = strlen(text)};
}

cwork_args cwork_args_json(const char *json)
{
	return json ? cwork_args_jsonn(json, strlen(json)) : (cwork_args){0};
}

cwork_args cwork_args_jsonn(const char *json, size_t len)
{
	return (cwork_args){.json = json, .json_len = len, .present = true};
}

cwork_args cwork_args_items(const cwork_arg *items, size_t count)
{
	return (cwork_args){.items = items, .count = count, .present = true};
}
