"""Real runs, not explored: until the scheduler decides, and for what it does not control.

`recorder` keeps events of every task in one order, `board` brings tasks to the dangerous moment together, `spies` replace what
student code reaches for (locks, threads, processes, queues, files) by things that tell both.
"""
