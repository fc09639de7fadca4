import threading

votes = {"tea": 0, "coffee": 0}
votes_lock = threading.Lock()


def vote(choice):
    with votes_lock:
        votes[choice] += 1


ballots = ["tea", "coffee", "tea"]
threads = [threading.Thread(target=vote, args=(b,)) for b in ballots]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(votes)
assert votes == {"tea": 2, "coffee": 1}
