"""The driver that `doctor` puts in place of the real one: small programs that try a limit from inside."""
