import os, time
from multiprocessing import active_children
from stage import note

def shopping(student, seconds):
    home = os.getpid()
    def buy(fruit):
        note(fruit, in_a_child=os.getpid() != home)
        time.sleep(seconds[fruit])
    back = [child.exitcode for child in student.buy_all(list(seconds), buy)]
    for late in sorted(active_children(), key=lambda child: child.pid):                           # whoever was not waited for still gets to buy
        late.join()
    return back
