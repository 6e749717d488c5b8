#include "test.h"

#include "job/id.h"

TEST(an_id_is_24_lower_case_hex_digits)
{
	char id[CWORK_ID_SIZE];

	for (int i = 0; i < 100; i++) {
		id_make(id);
		CHECK_INT(strlen(id), 24);
		CHECK_INT(strspn(id, "0123456789abcdef"), 24);
	}
}

TEST(ids_differ)
{
	char a[CWORK_ID_SIZE], b[CWORK_ID_SIZE];

	for (int i = 0; i < 1000; i++) {
		id_make(a);
		id_make(b);
		CHECK(strcmp(a, b) != 0);
	}
}
