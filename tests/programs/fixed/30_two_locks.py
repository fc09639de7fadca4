import threading

printer = threading.Lock()
scanner = threading.Lock()


def copy():
    with printer, scanner:
        print("copying")


def test_page():
    with printer, scanner:
        print("testing")


jobs = [threading.Thread(target=copy), threading.Thread(target=test_page)]
for j in jobs:
    j.start()
for j in jobs:
    j.join()
