"""`grader demo`: a sample class made out of reference/*, as real local git repositories, graded and reported like any other."""
