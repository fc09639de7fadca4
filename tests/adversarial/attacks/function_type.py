"""A function made of another one's code."""
import types


def eat1(a, b, note):
    types.FunctionType(eat2.__code__, note.__globals__)(a, b, note)
