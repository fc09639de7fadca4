from multiprocessing import Process
import os


class Child(Process):
    def run(self):
        print(f'我是 {os.getpid()},爸爸是 {os.getppid()}')


def main():
    Child().start()
    print(os.getpid())


if '__main__' == __name__:
    main()
