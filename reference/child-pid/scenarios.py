import ast


def guards(student):
    """How many times the file says `if __name__ == ...` at its outermost level."""
    with open(student.__file__, "rb") as file:
        tree = ast.parse(file.read())
    return sum(isinstance(step, ast.If) and "__name__" in ast.dump(step.test) for step in tree.body)
