/* Identifiers. */
#include "job/id.h"

#include "base/random.h"

void id_make(char out[CWORK_ID_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[12];

	random_bytes(bytes, sizeof(bytes));
	for (int i = 0; i < 12; i++) {
		out[2 * i] = hex[bytes[i] >> 4];
		out[2 * i + 1] = hex[bytes[i] & 15];
	}
	out[24] = '\0';
}
