from stage import note, together


def alone(student, capacity, steps):
    """One thread: a number is put in, "dequeue" and "size" give what they return."""
    queue = student.BoundedBlockingQueue(capacity)
    return [queue.enqueue(step) if isinstance(step, int) else getattr(queue, step)() for step in steps]


def passing(student, capacity, producers, consumers):
    """A thread for each list of elements to put in, and one for each number of elements to take out. What each took, and the size at the end."""
    queue = student.BoundedBlockingQueue(capacity)

    def produce(elements):
        for element in elements:
            queue.enqueue(element)
            note(element, act="is in")

    def consume(how_many):
        taken = []
        for _ in range(how_many):
            note("one", act="takes")
            taken.append(queue.dequeue())
        return taken

    threads = [lambda elements=elements: produce(elements) for elements in producers]
    threads += [lambda how_many=how_many: consume(how_many) for how_many in consumers]
    return together(*threads)[len(producers):], queue.size()
