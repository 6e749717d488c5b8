/*
 * A JSON text as a tree, for who writes it anew: objects' members sorted by the
 * bytes of their keys, the last of equal keys only, as in a map of Go's.
 */
#ifndef JOB_TREE_H
#define JOB_TREE_H

#include "job/json.h"

struct tree {
	struct tree *next;   /* the next in the same container */
	struct tree *parent; /* NULL for the root */
	struct slice key;    /* in an object: decoded */
	enum json_type type;
	struct slice text;  /* STRING: decoded; NUMBER, BOOL, NULL: as they stand */
	struct tree *first; /* ARRAY, OBJECT */
	struct tree *last;  /* while it is built */
	bool unsorted;	    /* while it is built */
};

struct tree_options {
	unsigned max_depth; /* levels of nesting to accept, the outermost included */
	bool keep_bad_utf8; /* in strings, instead of U+FFFD */
};

/*
 * Read TEXT. *OUT lives in A and borrows TEXT. BAD_JSON when it is no JSON, nests
 * too deep or has a number beyond a double.
 */
int tree_parse(struct tree **out, struct arena *a, struct slice text,
	       const struct tree_options *options, cwork_error *err);

static inline bool tree_is_container(const struct tree *t)
{
	return t->type == JSON_OBJECT || t->type == JSON_ARRAY;
}

#endif
