import threading


class Diary:
    def __init__(self):
        self.pages = []

    def write(self, text):
        self.pages = self.pages + [text]


diary = Diary()
threads = [threading.Thread(target=diary.write, args=(t,)) for t in ("晴", "雨")]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(diary.pages)
assert len(diary.pages) == 2
