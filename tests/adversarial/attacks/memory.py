"""All memory is used."""
hoard = []


def eat1(a, b, note):
    while True:
        hoard.append(bytearray(10**7))
