"""The signal of the limit is ignored, and a call in C never comes back."""
import signal

signal.signal(signal.SIGXCPU, signal.SIG_IGN)


def eat1(a, b, note):
    sum(iter(int, 1))
