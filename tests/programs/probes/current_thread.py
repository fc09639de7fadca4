import threading

seen = {}


def whoami():
    me = threading.current_thread()
    assert me.name.startswith("worker-")
    assert me.ident == threading.get_ident()
    assert me is not threading.main_thread() and me.is_alive()
    seen[me.name] = me.ident


assert threading.current_thread() is threading.main_thread()
assert threading.current_thread().name == "MainThread"
threads = [threading.Thread(target=whoami, name=f"worker-{i}") for i in range(3)]
for t in threads:
    t.start()
assert 1 <= threading.active_count() <= 4
assert threading.main_thread() in threading.enumerate()
for t in threads:
    t.join()
assert sorted(seen) == ["worker-0", "worker-1", "worker-2"]
assert not threads[0].is_alive() and threading.active_count() == 1
