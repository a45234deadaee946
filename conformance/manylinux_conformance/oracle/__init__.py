"""glibc's own loader as a witness beside every verdict about what a wheel contains."""
