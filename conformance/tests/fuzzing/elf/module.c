/* A module with a bit of everything that linkers write tables for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void nobody(void) __attribute__((weak));
__thread int ready = 7;
#ifdef ROOM
__thread char room[ROOM];
#endif
#ifdef SPREAD /* too far for one bitmap of DT_RELR */
struct { char *first; long between[SPREAD]; char *last; } spread = {"a", {0}, "b"};
#endif
static char *texts[] = {"one", "two", "three"};
char *(*copy)(char *, const char *) = strcpy;

__attribute__((constructor)) static void begin(void) { ready++; }
__attribute__((destructor)) static void end(void) { ready--; }

void *PyInit__ext(void)
{
    if (nobody)
        nobody();
    if (getpid() == 1)
        puts(texts[ready % 3]);
    return malloc((size_t)strlen(texts[ready % 3]));
}

int main(void) { return PyInit__ext() == 0; }
