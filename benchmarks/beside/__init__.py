"""This project's scheduler beside frontrun and interleave-test, on the same programs. `python -m benchmarks.beside --help`.

`__main__` runs every program under every tool, each in a process of its own, and prints one table. `own`, `frontrun_` and `interleave_` are what
runs in those processes; they import nothing of this project but, `own`, the sandbox, so the tools can live in environments of their own.
"""
