import threading

votes = {"tea": 0, "coffee": 0}


def vote(choice):
    votes[choice] += 1


ballots = ["tea", "coffee", "tea"]
threads = [threading.Thread(target=vote, args=(b,)) for b in ballots]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(votes)
assert votes == {"tea": 2, "coffee": 1}
