"""A hook of rewritten code is imported."""
from copy import copy as __at_attribute__
