/* What a real program says of its C library: confstr, dlopen(NULL), dlsym. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

enum { GNU_LIBC_VERSION = 2 }; /* _CS_GNU_LIBC_VERSION, which musl does not define */

int main(void)
{
    char version[256] = "";
    confstr(GNU_LIBC_VERSION, version, sizeof version);
    void *self = dlopen(NULL, RTLD_LAZY);
    void *function = self ? dlsym(self, "gnu_get_libc_version") : NULL;
    printf("{\"confstr\": \"%s\", \"opens\": %s, \"function\": %s}\n", version,
           self ? "true" : "false", function ? "true" : "false");
    return 0;
}
