import sys

# sys.argv 是一个列表: python login.py alice 123 的时候,
# 它是 ["login.py", "alice", "123"]
