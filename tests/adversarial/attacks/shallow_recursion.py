"""Whoever reports has no stack left."""
import sys

sys.setrecursionlimit(60)
