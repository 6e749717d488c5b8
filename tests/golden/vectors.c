/* Reading the recorded vectors. */
#include "vectors.h"

#include "base/parse.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const char *vectors_folder(void)
{
	const char *folder = getenv("CWORK_VECTORS");

	return folder && *folder ? folder : CWORK_DEFAULT_VECTORS;
}

static void die(const char *file, const char *why)
{
	printf("Bail out! %s/%s: %s\n", vectors_folder(), file, why);
	exit(1);
}

bool vectors_load(struct arena *a, const char *file, struct json *out)
{
	struct strbuf text = {0};
	char *path = arena_printf(a, "%s/%s", vectors_folder(), file);
	FILE *f = fopen(path, "rb");
	cwork_error err;
	char block[65536];
	size_t n;

	if (!f && errno == ENOENT)
		return false;
	if (!f)
		die(file, strerror(errno));
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		strbuf_append(&text, block, n);
	fclose(f);
	if (json_parse(out, slice_n(arena_copy(a, strbuf_slice(&text)), text.len), &err) < 0)
		die(file, err.text);
	strbuf_free(&text);
	return true;
}

bool vectors_get(const struct json *object, const char *name, struct json *out)
{
	struct json_walk walk = json_walk(object);
	struct json key;

	while (json_next(&walk, &key, out))
		if (json_string_is(&key, slice_of(name)))
			return out->type != JSON_NULL;
	return false;
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static struct slice base64(struct arena *a, struct slice text)
{
	char *out = arena_alloc(a, text.len + 1);
	unsigned bits = 0, count = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		int digit = base64_digit(text.ptr[i]);

		if (digit < 0)
			continue;
		bits = bits << 6 | (unsigned)digit;
		count += 6;
		if (count >= 8) {
			count -= 8;
			out[n++] = (char)(bits >> count);
		}
	}
	return slice_n(out, n);
}

struct slice vectors_text(struct arena *a, const struct json *object, const char *name)
{
	struct json value;

	if (vectors_get(object, arena_printf(a, "%s_b64", name), &value))
		return base64(a, json_string(&value, a));
	if (vectors_get(object, name, &value) && value.type == JSON_STRING)
		return json_string(&value, a);
	return (struct slice){0};
}

int64_t vectors_int(struct arena *a, const struct json *object, const char *name)
{
	struct json value;
	int64_t n = 0;

	if (!vectors_get(object, name, &value))
		return 0;
	parse_int64(value.type == JSON_STRING ? json_string(&value, a) : value.span, &n);
	return n;
}

bool vectors_bool(const struct json *object, const char *name)
{
	struct json value;

	return vectors_get(object, name, &value) && value.span.ptr[0] == 't';
}
