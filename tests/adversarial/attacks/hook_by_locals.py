"""At the top of a file locals are globals."""
locals().update({"__" + "at_attribute__": lambda thing, *_: thing})
