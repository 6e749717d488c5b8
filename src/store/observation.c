/* What a worker is running. */
#include "store/observation.h"

#include "scripts.h"

/* Long enough for any job, short enough that a crashed worker's traces go (wire-format.md §11). */
#define OBSERVATION_TTL_S 86400

static void field(struct redis *r, const char *name, struct slice value)
{
	redis_arg_str(r, name);
	redis_arg(r, value);
}

static void int_field(struct redis *r, const char *name, int64_t value)
{
	redis_arg_str(r, name);
	redis_arg_int(r, value);
}

void observe_begin(struct redis *r, struct slice key, const struct observation *o)
{
	size_t fields = !o ? 0 : o->checkin.len ? 6 : 4;

	redis_begin_script(r, &script_observe, 1, 1 + 2 * fields);
	redis_arg(r, key);
	redis_arg_int(r, OBSERVATION_TTL_S);
	if (!o)
		return;
	field(r, "job_name", o->job_name);
	field(r, "job_id", o->job_id);
	int_field(r, "started_at", o->started_at_s);
	field(r, "args", o->args);
	if (o->checkin.len == 0)
		return;
	field(r, "checkin", o->checkin);
	int_field(r, "checkin_at", o->checkin_at_s);
}
