/* Which version this is. */
#include <cwork/export.h>

const char *cwork_version(void)
{
	return CWORK_VERSION;
}
