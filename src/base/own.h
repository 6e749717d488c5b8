/* Scope-bound ownership: a local marked own or own_by is released when its scope ends. */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stdlib.h>

/* own char *s = strdup(…); is freed at the end of the scope. Hand it on with take(). */
#define own __attribute__((cleanup(own_freep)))
/* own_by(closep) int fd = …; FN gets a pointer to the variable. */
#define own_by(fn) __attribute__((cleanup(fn)))

static inline void own_freep(void *p)
{
	free(*(void **)p);
}

/* Move the pointer out of an owning local: yields its value and sets it to NULL. */
#define take(p)                                                                                    \
	__extension__({                                                                            \
		__typeof__(p) take_value_ = (p);                                                   \
		(p) = NULL;                                                                        \
		take_value_;                                                                       \
	})

#endif
