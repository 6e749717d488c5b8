/* unique_keys.json: the Redis keys of unique jobs. */
#include "golden.h"
#include "job/canonical.h"
#include "store/keys.h"

/* The map's JSON: as the enqueuer makes it, or as a worker does from args it has read. */
static bool map_json(struct strbuf *out, struct slice text, bool typed)
{
	cwork_args map = cwork_args_jsonn(text.ptr, text.len);
	cwork_error err;
	int r = typed ? canonical_args(out, &map, &err)
		      : canonical_write(out, text, CANONICAL_FLOAT64, CANONICAL_REPLACE_BAD_UTF8,
					&err);

	return r == 0 || golden_fail("canonical: %s", err.text);
}

static bool check_case(struct arena *a, const struct json *c)
{
	own_by(strbuf_freep) struct strbuf map = {0};
	bool by_key = !vectors_bool(c, "key_map_nil");
	bool nil = !by_key && vectors_bool(c, "args_nil");
	bool typed = slice_equal(vectors_text(a, c, "numbers"), SLICE("typed"));
	struct slice ns = vectors_text(a, c, "namespace");
	struct keys keys;
	bool ok;

	if (!nil && !map_json(&map, vectors_text(a, c, by_key ? "key_map" : "args"), typed))
		return false;
	if (keys_init(&keys, arena_copy(a, ns), NULL) < 0)
		return golden_fail("keys_init");
	ok = golden_same("key",
			 keys_unique(&keys, a, vectors_text(a, c, "name"), strbuf_slice(&map)),
			 vectors_text(a, c, "key"));
	keys_free(&keys);
	return ok;
}

void golden_unique_keys(struct arena *a, const char *file, const struct json *root)
{
	golden_each(a, file, root, "cases", check_case);
}
