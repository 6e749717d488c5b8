/* job_encoding.json: jobs as Go writes them, reads them, and writes them again. */
#include "golden.h"
#include "job/canonical.h"
#include "job/envelope.h"

/*
 * An encode case's args, as the enqueuer gets them. Args given as bytes hold
 * invalid UTF-8, as a Go string may.
 */
static bool encode_args(struct strbuf *out, struct arena *a, const struct json *input)
{
	cwork_args args = CWORK_NO_ARGS;
	struct slice text = vectors_text(a, input, "args");
	cwork_error err;

	if (!vectors_bool(input, "args_nil"))
		args = cwork_args_jsonn(text.ptr, text.len);
	if (canonical_args(out, &args, &err) < 0)
		return golden_fail("canonical_args: %s", err.text);
	return true;
}

static bool check_encode(struct arena *a, const struct json *input, struct slice want)
{
	own_by(strbuf_freep) struct strbuf args = {0}, job = {0};

	if (!encode_args(&args, a, input))
		return false;
	envelope_write(&job, &(struct envelope){
				     .name = vectors_text(a, input, "name"),
				     .id = vectors_text(a, input, "id"),
				     .t = vectors_int(a, input, "t"),
				     .args = strbuf_slice(&args),
				     .unique = vectors_bool(input, "unique"),
				     .unique_key = vectors_text(a, input, "unique_key"),
				     .fails = vectors_int(a, input, "fails"),
				     .err = vectors_text(a, input, "err"),
				     .failed_at = vectors_int(a, input, "failed_at"),
			     });
	return golden_same("job", strbuf_slice(&job), want);
}

/* What Go makes of args it has read: every number through a double, unknown members gone. */
static bool as_go(struct envelope *e, struct strbuf *args)
{
	cwork_error err;

	e->unknown = SLICE("");
	if (e->args.len == 0)
		return true;
	if (canonical_write(args, e->args, CANONICAL_FLOAT64, CANONICAL_REPLACE_BAD_UTF8, &err) < 0)
		return golden_fail("canonical_write: %s", err.text);
	e->args = strbuf_slice(args);
	return true;
}

static bool read_raw(struct envelope *e, struct arena *a, const struct json *input)
{
	cwork_error err;

	if (envelope_read(e, a, vectors_text(a, input, "raw"), &err) < 0)
		return golden_fail("envelope_read: %s", err.text);
	return true;
}

static bool check_reserialize(struct arena *a, const struct json *input, struct slice want)
{
	own_by(strbuf_freep) struct strbuf args = {0}, job = {0};
	struct envelope e;

	if (!read_raw(&e, a, input) || !as_go(&e, &args))
		return false;
	envelope_write(&job, &e);
	return golden_same("job", strbuf_slice(&job), want);
}

/* Our own path keeps the args' bytes and the unknown members (F1); all else is as Go's. */
static bool check_kept(struct arena *a, const struct envelope *before, struct slice failed,
		       struct slice go)
{
	struct envelope ours, theirs;

	if (envelope_read(&ours, a, failed, NULL) < 0 || envelope_read(&theirs, a, go, NULL) < 0)
		return golden_fail("a failed job can't be read back");
	return golden_same("args", ours.args, before->args) &&
	       golden_same("unknown members", ours.unknown, before->unknown) &&
	       golden_same("name", ours.name, theirs.name) &&
	       golden_same("err", ours.err, theirs.err) &&
	       (ours.fails == theirs.fails && ours.failed_at == theirs.failed_at &&
		ours.t == theirs.t);
}

static bool check_fail(struct arena *a, const struct json *input, struct slice want)
{
	own_by(strbuf_freep) struct strbuf args = {0}, job = {0}, ours = {0};
	struct slice text = vectors_text(a, input, "err");
	int64_t now = vectors_int(a, input, "failed_at");
	struct envelope e, go;

	if (!read_raw(&e, a, input))
		return false;
	go = e;
	if (!as_go(&go, &args))
		return false;
	envelope_write_failed(&job, &go, text, now);
	envelope_write_failed(&ours, &e, text, now);
	return golden_same("job", strbuf_slice(&job), want) &&
	       check_kept(a, &e, strbuf_slice(&ours), want);
}

static bool check_case(struct arena *a, const struct json *c)
{
	struct slice kind = vectors_text(a, c, "kind"), want = vectors_text(a, c, "output");
	struct json input;

	if (!vectors_get(c, "input", &input))
		return golden_fail("no input");
	if (slice_equal(kind, SLICE("encode")))
		return check_encode(a, &input, want);
	if (slice_equal(kind, SLICE("reserialize")))
		return check_reserialize(a, &input, want);
	if (slice_equal(kind, SLICE("fail")))
		return check_fail(a, &input, want);
	return golden_fail("unknown kind");
}

static bool check_refused(struct arena *a, const struct json *c)
{
	struct envelope e;

	if (envelope_read(&e, a, vectors_text(a, c, "raw"), NULL) == CWORK_E_BAD_JSON)
		return true;
	return golden_fail("read, though Go refuses it");
}

void golden_job_encoding(struct arena *a, const char *file, const struct json *root)
{
	golden_each(a, file, root, "cases", check_case);
	golden_each(a, file, root, "decode_errors", check_refused);
}
