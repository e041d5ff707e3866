"""The servers of `make demo` and `make test`: embedded, supervised, stopped as one."""
