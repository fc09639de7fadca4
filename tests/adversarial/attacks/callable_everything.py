"""Objects that can be anything."""
class Everything:
    value = 2

    def __call__(self, *_):
        return self

    def __getattr__(self, name):
        return self

    def __iter__(self):
        return iter((self, self))


Counter = eat1 = eat2 = make_locks = Everything()
