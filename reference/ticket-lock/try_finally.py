import json
from pathlib import Path


def buy(name, path, lock):
    lock.acquire()
    try:
        dic = json.loads(Path(path).read_text(encoding='utf-8'))
        if dic['count'] > 0:
            dic['count'] -= 1
            Path(path).write_text(json.dumps(dic), encoding='utf-8')
            return True
        return False
    finally:
        lock.release()
