import os, time
from stage import note

def shopping(student, seconds):
    home = os.getpid()
    def buy(fruit):
        note(fruit, in_a_child=os.getpid() != home)
        time.sleep(seconds[fruit])
    return [child.exitcode for child in student.buy_all(list(seconds), buy)]
