"""A file too deep for whoever reads trees, and a limit under which it can be run."""
import sys

sys.setrecursionlimit(100_000)
import deep
