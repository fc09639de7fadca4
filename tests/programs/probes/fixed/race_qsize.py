import queue
import threading

MAX = 2
waiting_room = queue.Queue(MAX)
sent_home = []


def arrive(patient):
    try:
        waiting_room.put_nowait(patient)
        print(patient, "sits down")
    except queue.Full:
        sent_home.append(patient)


patients = [threading.Thread(target=arrive, args=(f"p{i}",)) for i in range(3)]
for p in patients:
    p.start()
for p in patients:
    p.join()
assert waiting_room.qsize() == MAX
assert len(sent_home) == 1
