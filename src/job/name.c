/* Which job names may be used. */
#include "job/name.h"

#include "base/error.h"
#include "job/utf8.h"

#define MAX_BYTES 200

/* U+0080 to U+009F, which terminals obey as they do ESC. */
static bool is_c1(struct slice name, size_t i)
{
	return name.ptr[i] == '\xc2' && i + 1 < name.len &&
	       (unsigned char)name.ptr[i + 1] >= 0x80 && (unsigned char)name.ptr[i + 1] <= 0x9f;
}

/* A colon would let NAME's keys collide with those of another name: NAME:paused, NAME:lock, … */
static const char *bad_character(struct slice name)
{
	for (size_t i = 0; i < name.len;) {
		unsigned char c = (unsigned char)name.ptr[i];
		size_t len = utf8_length(name.ptr + i, name.len - i);

		if (c < 0x20 || c == 0x7f || is_c1(name, i))
			return "has a control character";
		if (c == ',')
			return "has a comma, which separates names in heartbeats";
		if (c == ':')
			return "has a colon, which separates the parts of Redis keys";
		if (len == 0)
			return "is not UTF-8";
		i += len;
	}
	return NULL;
}

int name_check(struct slice name, cwork_error *err)
{
	const char *why;

	if (name.len == 0)
		return error_set(err, CWORK_E_BAD_NAME, "no job name given");
	if (name.len > MAX_BYTES)
		return error_set(err, CWORK_E_BAD_NAME,
				 "the job name is %zu bytes long; at most %d", name.len, MAX_BYTES);
	why = bad_character(name);
	if (why)
		return error_set(err, CWORK_E_BAD_NAME, "job name %.*s %s", (int)name.len, name.ptr,
				 why);
	return 0;
}
