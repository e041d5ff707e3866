"""The servers of `make demo` and `make test`: PostgreSQL, Valkey and our own processes, started and stopped as one."""
