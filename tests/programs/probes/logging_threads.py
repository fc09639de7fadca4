import logging
import threading

logging.basicConfig(level=logging.INFO, format="%(threadName)s %(levelname)s %(message)s")
log = logging.getLogger("shop")
lock = threading.Lock()
sold = 0


def sell(n):
    global sold
    for _ in range(n):
        with lock:
            sold += 1
        log.info("sold one")


threads = [threading.Thread(target=sell, args=(2,), name=f"clerk{i}") for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
logging.warning("sold %d in all", sold)
assert sold == 4
