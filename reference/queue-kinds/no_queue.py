def drain(kind, items):
    if kind == "fifo":
        return list(items)
    if kind == "lifo":
        return items[::-1]
    return sorted(items, key=lambda item: item[0])
