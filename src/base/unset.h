/* Locals that stay uninitialised in a build that sets all to zero against exploits. */
#ifndef BASE_UNSET_H
#define BASE_UNSET_H

/*
 * struct big b unset; for a large local on a hot path, of which only what was written is
 * read. Measure first: clearing some hundred bytes costs nothing.
 */
#ifdef __has_attribute
#if __has_attribute(uninitialized)
#define unset __attribute__((uninitialized))
#endif
#endif
#ifndef unset
#define unset
#endif

#endif
