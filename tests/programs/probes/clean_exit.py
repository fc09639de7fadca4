import sys
import threading

lines = []


def work():
    lines.append("working")
    sys.exit()  # 只结束这个线程
    lines.append("never")


t = threading.Thread(target=work)
t.start()
t.join()
assert lines == ["working"]
sys.exit(0)
