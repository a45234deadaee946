/* Takes the address of FUNCTION as HEADER declares it: glibc gained it not long ago. */
#include HEADER

__attribute__((visibility("default"))) void *PyInit_newer(void) {
    return (void *)FUNCTION;
}
