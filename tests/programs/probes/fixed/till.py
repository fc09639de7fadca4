"""A till that somebody else wrote. Imported by sibling_race.py."""

import threading

money = 0
receipts = []
drawer = threading.Lock()


def receipt(amount):
    receipts.append(f"paid {amount}")


def pay(amount):
    global money
    with drawer:
        before = money
        receipt(amount)
        money = before + amount
