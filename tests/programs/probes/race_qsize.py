import queue
import threading

MAX = 2
waiting_room = queue.Queue()
sent_home = []


def arrive(patient):
    if waiting_room.qsize() >= MAX:
        sent_home.append(patient)
    else:
        print(patient, "sits down")
        waiting_room.put(patient)


patients = [threading.Thread(target=arrive, args=(f"p{i}",)) for i in range(3)]
for p in patients:
    p.start()
for p in patients:
    p.join()
assert waiting_room.qsize() == MAX
assert len(sent_home) == 1
