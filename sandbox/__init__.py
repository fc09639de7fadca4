"""The untrusted half: runs student code. Standard library only; no test, no expected value, no score is ever here.

`protocol.py` is the one module both worlds import.
"""
