"""What an instructor writes, read into frozen values: the course, its exercises, their references and mistakes, rosters, quizzes.

Also what follows from those alone: lateness, marks of a quiz, versions and their digests. Imports no other package of the
grader but `errors`, `language`, `containers.session.Limits` and `judge.verdicts`; nothing written here is ever executed.
"""
