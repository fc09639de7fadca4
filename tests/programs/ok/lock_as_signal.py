import threading

# 用锁当信号: 主线程先占住, 做完了再放开
done = threading.Lock()
done.acquire()
result = []


def compute():
    result.append(sum(range(10)))
    done.release()


t = threading.Thread(target=compute)
t.start()
done.acquire()
print("result", result)
assert result == [45]
t.join()
