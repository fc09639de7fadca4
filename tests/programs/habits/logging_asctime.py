import logging, threading, sys, io

buf = io.StringIO()
logger = logging.getLogger("demo")
logger.setLevel(logging.DEBUG)
h = logging.StreamHandler(buf)
h.setFormatter(logging.Formatter("%(threadName)s %(asctime)s %(message)s"))
logger.addHandler(h)
logger.addHandler(logging.StreamHandler(sys.stdout))


def work(n):
    for i in range(2):
        logger.info("消息 %d-%d", n, i)


ts = [threading.Thread(target=work, args=(i,)) for i in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert buf.getvalue().count("\n") == 4
