import threading

data = threading.local()
seen = []


def check():
    seen.append(data.user)


def work(user):
    data.user = user
    check()
    assert data.user == user


threads = [threading.Thread(target=work, args=(f"s{i:02}",)) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(seen) == ["s00", "s01", "s02"]
assert not hasattr(data, "user")
