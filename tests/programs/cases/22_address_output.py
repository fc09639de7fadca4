import threading


class Parcel:
    pass


def ship(parcel):
    print("shipping", parcel)


parcels = [Parcel() for _ in range(2)]
threads = [threading.Thread(target=ship, args=(p,)) for p in parcels]
for t in threads:
    t.start()
for t in threads:
    t.join()
