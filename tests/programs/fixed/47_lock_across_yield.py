import threading

shelf = threading.Lock()
desk = threading.Lock()
books = ["a", "b"]
read = []


def all_books():
    with shelf:
        copy = list(books)
    yield from copy


def reader():
    for book in all_books():
        with desk:
            read.append(book)


def librarian():
    with desk:
        with shelf:
            books.append("c")


pair = [threading.Thread(target=reader), threading.Thread(target=librarian)]
for t in pair:
    t.start()
for t in pair:
    t.join()
assert len(books) == 3
