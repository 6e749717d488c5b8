/* cwork enqueue: one job from the command line, or many from a file. */
#include "bulk.h"
#include "cli.h"
#include "duration.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct enqueue_options {
	const char *args, *in, *at, *unique_key, *id, *once, *bulk;
	bool unique;
	cwork_arg *members; /* of the command line; freed at the end */
};

/* "key=text" or "key:=json". WORD, of the program's arguments, is cut up and borrowed. */
static bool parse_member(char *word, cwork_arg *out)
{
	char *equals = strchr(word, '=');
	bool json;

	if (!equals || equals == word)
		return false;
	json = equals[-1] == ':';
	if (json && equals - 1 == word)
		return false;
	equals[json ? -1 : 0] = '\0';
	*out = json ? cwork_json(word, equals + 1) : cwork_str(word, equals + 1);
	return true;
}

static int parse_args(struct enqueue_options *o, int words, char **argv, cwork_args *out)
{
	if (o->args && words > 0)
		return cli_usage_error(&command_enqueue, "either --args or key=value, not both");
	if (o->args) {
		*out = cwork_args_json(o->args);
		return 0;
	}
	*out = (cwork_args){0};
	if (words == 0)
		return 0;
	o->members = calloc((size_t)words, sizeof(*o->members));
	if (!o->members)
		return cli_fail("out of memory");
	for (int i = 0; i < words; i++)
		if (!parse_member(argv[i], &o->members[i]))
			return cli_usage_error(&command_enqueue,
					       "%s is neither key=text nor key:=json", argv[i]);
	*out = cwork_args_items(o->members, (size_t)words);
	return 0;
}

static int parse_when(struct enqueue_options *o, int64_t *out)
{
	int64_t seconds;

	if (o->in && o->at)
		return cli_usage_error(&command_enqueue, "either --in or --at, not both");
	if (o->in) {
		if (!parse_seconds(o->in, &seconds))
			return cli_usage_error(&command_enqueue,
					       "--in %s is not a duration (5m, 1h30m)", o->in);
		*out = time(NULL) + seconds;
	}
	if (o->at && !parse_time(o->at, out))
		return cli_usage_error(&command_enqueue,
				       "--at %s is not a time (2026-11-24T09:00:00Z)", o->at);
	return 0;
}

static int parse_options(struct enqueue_options *o, cwork_new_job *job)
{
	int r = parse_when(o, &job->run_at_s);

	if (r)
		return r;
	job->unique = o->unique || o->unique_key;
	if (o->unique_key)
		job->key = cwork_args_json(o->unique_key);
	job->id = o->id;
	if (o->once && !parse_seconds(o->once, &job->once_s))
		return cli_usage_error(&command_enqueue, "--once %s is not a duration", o->once);
	if (o->once && !o->id)
		return cli_usage_error(&command_enqueue, "--once needs --id");
	return 0;
}

static void report(const struct cli *cli, const cwork_new_job *job, const char *id)
{
	if (cli->json && job->result == CWORK_DUPLICATE)
		printf("{\"result\":\"duplicate\"}\n");
	else if (cli->json) {
		printf("{\"result\":\"enqueued\",\"id\":");
		print_json_string(stdout, id);
		printf("}\n");
	} else if (job->result == CWORK_DUPLICATE && !cli->quiet) {
		printf("not enqueued: %s\n",
		       job->once_s ? "this id was enqueued before" : "an equal job is waiting");
	} else if (!cli->quiet) {
		print_safe(stdout, id);
		printf("\n");
	}
}

/* A caller's id may be longer than ours: the job carries it, we print it. */
static int enqueue_one(const struct cli *cli, cwork_enqueuer *q, cwork_new_job *job)
{
	char id[CWORK_ID_SIZE] = "";
	cwork_enqueue_options o = {
		.size = sizeof(o), .id = job->id, .once_s = job->once_s, .id_out = id};
	cwork_error err;
	int r;

	if (!job->unique && !job->run_at_s)
		r = cwork_enqueue(q, job->name, job->args, &o, &err);
	else if (!job->unique)
		r = cwork_enqueue_at(q, job->name, job->run_at_s, job->args, &o, &err);
	else if (!job->run_at_s)
		r = cwork_enqueue_unique_by_key(q, job->name, job->args, job->key, &o, &err);
	else
		r = cwork_enqueue_unique_in_by_key(q, job->name, job->run_at_s - time(NULL),
						   job->args, job->key, &o, &err);
	if (r < 0)
		return cli_fail("%s", err.text);
	job->result = r;
	report(cli, job, job->id ? job->id : id);
	return EXIT_DONE;
}

/* What the command line asks for, once it is parsed. */
static int enqueue(const struct cli *cli, struct enqueue_options *o, int words, char **argv)
{
	cwork_new_job job = {.name = argv[1]};
	cwork_enqueuer *q;
	cwork_error err;
	int r = 0;

	if (!o->bulk)
		r = parse_args(o, words - 1, argv + 2, &job.args);
	if (r == 0 && !o->bulk)
		r = parse_options(o, &job);
	if (r)
		return r;
	if (cwork_enqueuer_new(&q,
			       &(cwork_enqueuer_options){
				       .size = sizeof(cwork_enqueuer_options),
				       .redis = cli->redis,
				       .ns = cli->ns,
			       },
			       &err) < 0)
		return cli_fail("%s", err.text);
	r = o->bulk ? bulk_enqueue(cli, q, o->bulk) : enqueue_one(cli, q, &job);
	cwork_enqueuer_free(q);
	return r;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct enqueue_options o = {0};
	const struct option_spec table[] = {
		{"args", 'a', "JSON", "the arguments, as one JSON object", &o.args, NULL},
		{"in", 0, "DURATION", "run it after that: 30s, 5m, 1h30m", &o.in, NULL},
		{"at", 0, "TIME", "run it then: Unix seconds or 2026-11-24T09:00:00Z", &o.at, NULL},
		{"unique", 'u', NULL, "not while an equal job waits", NULL, &o.unique},
		{"unique-key", 0, "JSON", "equal by these members instead of all", &o.unique_key,
		 NULL},
		{"id", 0, "ID", "the job's id, instead of a random one", &o.id, NULL},
		{"once", 0, "DURATION", "with --id: refuse the same id again for so long", &o.once,
		 NULL},
		{"bulk", 0, "FILE", "one JSON object a line: name, args, …; - is standard input",
		 &o.bulk, NULL},
		{0},
	};
	int words = options_parse(cli, &command_enqueue, table, argc, argv), r;

	if (words < 0)
		return -words;
	if (o.bulk ? words > 0 : words == 0)
		return cli_usage_error(&command_enqueue, o.bulk ? "--bulk takes names from its file"
								: "no job name given");
	r = enqueue(cli, &o, words, argv);
	free(o.members);
	return r;
}

const struct command command_enqueue = {
	"enqueue",
	"NAME [key=text | key:=json]… [options]",
	"Put a job into its queue, now or later",
	run,
};
