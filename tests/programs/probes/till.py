"""A till that somebody else wrote. Imported by sibling_race.py."""

money = 0
receipts = []


def receipt(amount):
    receipts.append(f"paid {amount}")


def pay(amount):
    global money
    before = money
    receipt(amount)
    money = before + amount
