import threading, time, os, random, logging, _thread


class A:
    now = time.time
    nap = time.sleep
    ident = threading.get_ident
    lock = threading.Lock
    rnd = random.random
    bytes_ = os.urandom
    spawn = _thread.start_new_thread
    out = print
    cnt = threading.active_count

    def go(self):
        self.nap(0.1)
        self.now()
        self.ident()
        self.rnd()
        self.bytes_(3)
        with self.lock():
            self.out("x")


a = A()
t = threading.Thread(target=a.go)
t.start()
t.join()
assert repr(time.sleep) == "<built-in function sleep>", repr(time.sleep)
assert time.sleep.__name__ == "sleep"
