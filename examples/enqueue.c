/*
 * Every way to put a job into a queue. Run it beside worker.c:
 *
 *	enqueue [URL]
 */
#include <cwork/cwork.h>
#include <stdio.h>

static void tell(const char *what, int result, const cwork_error *err)
{
	if (result < 0)
		printf("%-22s failed: %s\n", what, err->text);
	else
		printf("%-22s %s\n", what,
		       result == CWORK_DUPLICATE ? "waits already" : "enqueued");
}

/* Run it as soon as a worker is free. */
static int now(cwork_enqueuer *q, cwork_error *err)
{
	return cwork_enqueue(
		q, "send_email",
		CWORK_ARGS(cwork_str("address", "test@example.com"), cwork_int("customer_id", 4)),
		NULL, err);
}

/* Arguments may also come as JSON text. This address never works: see worker.c. */
static int from_json(cwork_enqueuer *q, cwork_error *err)
{
	return cwork_enqueue(q, "send_email", cwork_args_json("{\"address\": \"nowhere\"}"), NULL,
			     err);
}

/* Run it in five minutes. */
static int later(cwork_enqueuer *q, cwork_error *err)
{
	return cwork_enqueue_in(q, "send_email", 300,
				CWORK_ARGS(cwork_str("address", "welcome@example.com")), NULL, err);
}

/* Run it at a moment: the first second of 2100. */
static int at_a_time(cwork_enqueuer *q, cwork_error *err)
{
	return cwork_enqueue_at(q, "send_email", 4102444800,
				CWORK_ARGS(cwork_str("address", "century@example.com")), NULL, err);
}

/* Not while an equal one waits. Ten impatient clicks make one job. */
static int unique(cwork_enqueuer *q, cwork_error *err)
{
	int r = 0;

	for (int click = 0; click < 10 && r >= 0; click++)
		r = cwork_enqueue_unique(q, "export", CWORK_ARGS(cwork_int("rows", 3000)), NULL,
					 err);
	return r;
}

/*
 * An id of our own, refused again for a day: repeating this call, or this
 * program, can't charge the customer twice, even when an answer was lost.
 */
static int once(cwork_enqueuer *q, cwork_error *err)
{
	return cwork_enqueue(q, "charge", CWORK_ARGS(cwork_int("cents", 990)),
			     &(cwork_enqueue_options){
				     .size = sizeof(cwork_enqueue_options),
				     .id = "order-1017",
				     .once_s = 86400,
			     },
			     err);
}

/* A hundred jobs in one round trip. */
static int many(cwork_enqueuer *q, cwork_error *err)
{
	cwork_arg args[100];
	cwork_new_job jobs[100] = {{0}};

	for (int i = 0; i < 100; i++) {
		args[i] = cwork_int("image", i);
		jobs[i].name = "thumbnail";
		jobs[i].args = cwork_args_items(&args[i], 1);
	}
	return cwork_enqueue_many(q, jobs, 100, err);
}

static int enqueue_all(cwork_enqueuer *q)
{
	static const struct {
		const char *what;
		int (*enqueue)(cwork_enqueuer *q, cwork_error *err);
	} forms[] = {
		{"now", now},
		{"from JSON", from_json},
		{"in five minutes", later},
		{"at a time", at_a_time},
		{"unless it waits", unique},
		{"once a day", once},
		{"a hundred", many},
	};
	cwork_error err = {0};
	int failures = 0;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		int r = forms[i].enqueue(q, &err);

		tell(forms[i].what, r, &err);
		failures += r < 0;
	}
	return failures;
}

int main(int argc, char **argv)
{
	cwork_enqueuer_options options = {
		.size = sizeof(options),
		.redis = argc > 1 ? argv[1] : NULL,
		.ns = "examples",
	};
	cwork_enqueuer *q;
	cwork_error err;
	int failures;

	if (cwork_enqueuer_new(&q, &options, &err) < 0) {
		fprintf(stderr, "enqueue: %s\n", err.text);
		return 1;
	}
	failures = enqueue_all(q);
	cwork_enqueuer_free(q);
	return failures ? 1 : 0;
}
