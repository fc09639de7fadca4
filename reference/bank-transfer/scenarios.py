from stage import together


def at_once(student, balances, *orders):
    """A thread for each order (from, to, amount), accounts by their place in `balances`. What each returned, and the balances in the end."""
    accounts = [student.Account(101 + i, balance) for i, balance in enumerate(balances)]
    done = together(*(lambda a=a, b=b, amount=amount: student.transfer(accounts[a], accounts[b], amount) for a, b, amount in orders))
    return done, [account.balance for account in accounts]


def in_turn(student, balances, *orders):
    """The same, one order after the other."""
    accounts = [student.Account(101 + i, balance) for i, balance in enumerate(balances)]
    done = [student.transfer(accounts[a], accounts[b], amount) for a, b, amount in orders]
    return done, [account.balance for account in accounts]
