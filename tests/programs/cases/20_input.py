import threading

name = input("请输入名字: ")
greetings = []


def greet(n):
    greetings.append(f"hello {n}")


t = threading.Thread(target=greet, args=(name,))
t.start()
t.join()
print(greetings)
