import queue
import threading

mail = queue.Queue()


def reader():
    while True:
        try:
            letter = mail.get()
            if letter == "stop":
                return
        except:  # 什么都不怕
            continue


t = threading.Thread(target=reader)
t.start()
mail.put("hello")
mail.put("world")
t.join()
print("the end")
