"""A hook of rewritten code is a function of this file."""
def __at_attribute__(thing, *_):
    return thing
