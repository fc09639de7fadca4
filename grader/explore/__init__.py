"""`grader explore` and `grader replay`: the scheduler on a file of one's own, in a sandbox or here.

ask     hands a file with its siblings to the scheduler
words   says in words what came of it
"""
