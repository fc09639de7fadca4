"""Another file does it."""
from helper import *
