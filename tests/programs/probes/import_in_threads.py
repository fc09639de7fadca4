import threading

texts = []


def to_json(value):
    import json
    import colorsys

    assert colorsys.ONE_THIRD < 1
    texts.append(json.dumps(value))


def to_decimal(value):
    import decimal
    import json

    texts.append(json.dumps(str(decimal.Decimal(value) / 4)))


threads = [threading.Thread(target=to_json, args=([1, 2],)), threading.Thread(target=to_decimal, args=("3",))]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(texts) == ['"0.75"', "[1, 2]"]
