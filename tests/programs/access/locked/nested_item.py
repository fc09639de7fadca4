import threading


class Board:
    def __init__(self):
        self.grid = [[0, 0], [0, 0]]
        self.lock = threading.Lock()

    def mark(self, row, column):
        with self.lock:
            self.grid[row][column] += 1


board = Board()
threads = [threading.Thread(target=board.mark, args=(1, 0)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(board.grid)
assert board.grid == [[0, 0], [2, 0]]
