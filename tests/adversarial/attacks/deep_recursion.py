"""The stack is used up."""
def eat1(a, b, note):
    eat1(a, b, note)
