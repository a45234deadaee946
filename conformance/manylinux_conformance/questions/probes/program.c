/* A program that declares FUNCTION by itself, so that only a library can refuse it. */
extern int FUNCTION();

int main(void) {
    volatile void *function = (void *)FUNCTION;
    return function == (void *)0;
}
