/* The invariants, checked from the enqueued ids, the log of runs, and a dump of the keys. */
#include "crew.h"

#include <stdio.h>
#include <stdlib.h>

struct seen {
	const char *id;
	const char *args; /* of the first run */
	size_t runs, places;
	bool changed; /* the args */
};

struct book {
	struct seen *entries;
	size_t count, runs;
	char *log; /* the ids and args point into it */
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct seen *)a)->id, ((const struct seen *)b)->id);
}

static struct seen *find(struct book *b, const char *id)
{
	struct seen key = {.id = id};

	return bsearch(&key, b->entries, b->count, sizeof(key), by_id);
}

static char *read_log(struct crew *c)
{
	FILE *f = fopen(c->log, "r");
	char *text;
	size_t len = 0, cap;
	long size;

	if (!f)
		return strdup("");
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	cap = (size_t)size + 1;
	text = malloc(cap);
	if (text)
		len = fread(text, 1, cap - 1, f);
	if (text)
		text[len] = '\0';
	fclose(f);
	return text;
}

/* "id fails pid args" */
static void note_run(struct book *b, char *line)
{
	char *save = NULL, *id = strtok_r(line, " ", &save), *args;
	struct seen *s = id ? find(b, id) : NULL;

	strtok_r(NULL, " ", &save);
	strtok_r(NULL, " ", &save);
	args = strtok_r(NULL, "", &save);
	b->runs++;
	if (!s || !args)
		return;
	s->runs++;
	if (s->args && strcmp(s->args, args) != 0)
		s->changed = true;
	s->args = args;
}

static bool open_book(struct book *b, struct crew *c)
{
	char *save = NULL;

	*b = (struct book){.entries = calloc(c->id_count + 1, sizeof(struct seen)),
			   .log = read_log(c)};
	if (!b->entries || !b->log)
		return false;
	for (size_t i = 0; i < c->id_count; i++)
		b->entries[b->count++].id = c->ids[i];
	qsort(b->entries, b->count, sizeof(struct seen), by_id);
	for (char *line = strtok_r(b->log, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		note_run(b, line);
	return true;
}

static void close_book(struct book *b)
{
	free(b->entries);
	free(b->log);
}

size_t crew_runs(struct crew *c)
{
	struct book b;
	size_t runs = open_book(&b, c) ? b.runs : 0;

	close_book(&b);
	return runs;
}

size_t crew_distinct(struct crew *c)
{
	struct book b;
	size_t distinct = 0;

	if (open_book(&b, c))
		for (size_t i = 0; i < b.count; i++)
			distinct += b.entries[i].runs > 0;
	close_book(&b);
	return distinct;
}

/* Count where each id stands: every line of these lists and sets has "id":"…". */
static void note_places(struct book *b, const char *lines)
{
	for (const char *at = lines; (at = strstr(at, "\"id\":\"")); at++) {
		char id[64];
		struct seen *s;

		if (sscanf(at, "\"id\":\"%63[^\"]", id) == 1 && (s = find(b, id)))
			s->places++;
	}
}

static bool broken(const char *which, const char *what, const char *id)
{
	printf("# %s broken: %s %s\n", which, what, id);
	return false;
}

static bool check_ids(struct book *b, size_t duplicates)
{
	size_t too_many = 0;
	bool ok = true;

	for (size_t i = 0; i < b->count; i++) {
		const struct seen *s = &b->entries[i];

		if (s->runs == 0 && s->places == 0)
			ok = broken("I1", "lost", s->id);
		if (s->places > 1)
			ok = broken("I2", "in two places", s->id);
		if (s->changed)
			ok = broken("I8", "args changed", s->id);
		too_many += s->runs > 1 ? s->runs - 1 : 0;
	}
	if (too_many > duplicates) {
		printf("# I6 broken: %zu duplicate runs, at most %zu\n", too_many, duplicates);
		ok = false;
	}
	return ok;
}

static bool check_keys(struct crew *c)
{
	static const char *const names[] = {"t", "u"};
	bool ok = true;

	if (crew_cmd(c, "KEYS", "*inprogress", NULL)[0])
		ok = broken("I3", "in progress", crew_cmd(c, "KEYS", "*inprogress", NULL));
	for (int i = 0; i < 2; i++) {
		char lock[64], info[64];

		snprintf(lock, sizeof(lock), "work:jobs:%s:lock", names[i]);
		snprintf(info, sizeof(info), "work:jobs:%s:lock_info", names[i]);
		if (crew_int(c, "GET", lock, NULL) != 0)
			ok = broken("I4", "lock", crew_cmd(c, "GET", lock, NULL));
		if (crew_int(c, "EXISTS", info, NULL) != 0)
			ok = broken("I4", "lock_info", crew_cmd(c, "HGETALL", info, NULL));
	}
	if (crew_cmd(c, "KEYS", "work:unique:*", NULL)[0])
		ok = broken("I5", "unique key", crew_cmd(c, "KEYS", "work:unique:*", NULL));
	return ok;
}

bool crew_invariants(struct crew *c, size_t duplicates)
{
	static const char *const lists[] = {"work:jobs:t", "work:jobs:u", "work:quarantine"};
	static const char *const sets[] = {"work:scheduled", "work:retry", "work:dead"};
	struct book b;
	bool ok = open_book(&b, c);

	for (int i = 0; i < 3; i++)
		note_places(&b, crew_cmd(c, "LRANGE", lists[i], "0", "-1", NULL));
	for (int i = 0; i < 3; i++)
		note_places(&b, crew_cmd(c, "ZRANGE", sets[i], "0", "-1", NULL));
	ok = check_ids(&b, duplicates) && ok;
	ok = check_keys(c) && ok;
	close_book(&b);
	return ok;
}
