from stage import together


def steps(student, *steps):
    """One customer: the name of a method, with an amount or without. What each returns, or the error's name and message."""
    account = student.BankAccount()
    came = []
    for name, *amount in steps:
        try:
            came.append(getattr(account, name)(*amount))
        except Exception as error:
            came.append([type(error).__name__, *map(str, error.args)])
    return came


def customers(student, start, *customers):
    """An account with so much, and a thread for each customer: amounts he puts in, or takes out if negative. What he was refused, and the balance."""
    account = student.BankAccount()
    account.open()
    account.deposit(start)

    def visit(amounts):
        refused = []
        for amount in amounts:
            try:
                account.deposit(amount) if amount > 0 else account.withdraw(-amount)
            except ValueError as error:
                refused.append([amount, *map(str, error.args)])
        return refused

    refused = together(*(lambda amounts=amounts: visit(amounts) for amounts in customers))
    return refused, account.get_balance()
