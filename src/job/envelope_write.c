/* Writing the stored job: anew in Go's order, or its bytes with one value exchanged. */
#include "job/envelope.h"

#include "job/json.h"

static void text_member(struct strbuf *out, const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	strbuf_append_str(out, name);
	json_write_string(out, value);
}

static void int_member(struct strbuf *out, const char *name, int64_t value)
{
	if (value == 0)
		return;
	strbuf_append_str(out, name);
	strbuf_append_int(out, value);
}

void envelope_write(struct strbuf *out, const struct envelope *e)
{
	strbuf_append_char(out, '{');
	if (e->name.len) {
		text_member(out, "\"name\":", e->name);
		strbuf_append_char(out, ',');
	}
	strbuf_append_str(out, "\"id\":");
	json_write_string(out, e->id);
	strbuf_append_str(out, ",\"t\":");
	strbuf_append_int(out, e->t);
	strbuf_append_str(out, ",\"args\":");
	strbuf_append_slice(out, e->args.len ? e->args : SLICE("null"));
	if (e->unique)
		strbuf_append_str(out, ",\"unique\":true");
	text_member(out, ",\"unique_key\":", e->unique_key);
	int_member(out, ",\"fails\":", e->fails);
	text_member(out, ",\"err\":", e->err);
	int_member(out, ",\"failed_at\":", e->failed_at);
	strbuf_append_slice(out, e->unknown);
	strbuf_append_char(out, '}');
}

/* A job without t: put it first. */
static void write_added_t(struct strbuf *out, struct slice raw, int64_t t_s)
{
	const char *end = raw.ptr + raw.len;
	const char *inside = json_skip_space(raw.ptr, end) + 1;

	strbuf_append(out, raw.ptr, (size_t)(inside - raw.ptr));
	strbuf_append_str(out, "\"t\":");
	strbuf_append_int(out, t_s);
	if (*json_skip_space(inside, end) != '}')
		strbuf_append_char(out, ',');
	strbuf_append(out, inside, (size_t)(end - inside));
}

static bool is_null(struct slice raw)
{
	return *json_skip_space(raw.ptr, raw.ptr + raw.len) == 'n';
}

void envelope_write_with_t(struct strbuf *out, const struct envelope *e, int64_t t_s)
{
	size_t before, behind;

	if (is_null(e->raw)) {
		envelope_write(out, &(struct envelope){.t = t_s});
		return;
	}
	if (!e->t_span.ptr) {
		write_added_t(out, e->raw, t_s);
		return;
	}
	before = (size_t)(e->t_span.ptr - e->raw.ptr);
	behind = before + e->t_span.len;
	strbuf_append(out, e->raw.ptr, before);
	strbuf_append_int(out, t_s);
	strbuf_append(out, e->raw.ptr + behind, e->raw.len - behind);
}

void envelope_write_failed(struct strbuf *out, const struct envelope *e, struct slice text,
			   int64_t now_s)
{
	struct envelope failed = *e;

	if (failed.fails < INT64_MAX) /* Go's would turn negative, and retry for ever */
		failed.fails++;
	failed.err = text;
	failed.failed_at = now_s;
	envelope_write(out, &failed);
}

/* Enough to recognise it by; the whole is in quarantine. */
#define QUARANTINED_HEAD 512

void envelope_write_quarantined(struct strbuf *out, struct slice raw, struct slice queue,
				struct slice id, struct slice why, int64_t now_s)
{
	own_by(strbuf_freep) struct strbuf args = {0};
	struct slice head =
		slice_n(raw.ptr, raw.len < QUARANTINED_HEAD ? raw.len : QUARANTINED_HEAD);

	strbuf_append_str(&args, "{\"bytes\":");
	strbuf_append_uint(&args, raw.len);
	strbuf_append_str(&args, ",\"quarantined\":");
	json_write_string(&args, head);
	strbuf_append_char(&args, '}');
	out->failed |= args.failed;
	envelope_write(out, &(struct envelope){
				    .name = queue,
				    .id = id,
				    .t = now_s,
				    .args = strbuf_slice(&args),
				    .fails = 1,
				    .err = why,
				    .failed_at = now_s,
			    });
}
