import threading

connection = None
opened = []


def open_connection():
    opened.append("connection")
    return len(opened)


def query(text):
    global connection
    connection = connection if connection else open_connection()
    return text, connection


threads = [threading.Thread(target=query, args=(q,)) for q in ("select 1", "select 2")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(opened) == 1, opened
