"""`grader kit`: what a student needs to work at home: statement, starter, public scenarios, and `explore` and `replay` to try them with.

calls   which calls of the public scenarios go along: none that names an expected value
make    the files of the zip
files/  its scripts and its README
"""
