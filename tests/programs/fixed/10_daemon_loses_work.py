import threading

saved = []


def save(records):
    for r in records:
        print("saving", r)
        saved.append(r)


t = threading.Thread(target=save, args=(["one", "two", "three"],), daemon=True)
t.start()
t.join()
print("all saved, bye")
assert len(saved) == 3, saved
