class Singleton:
    def __new__(cls, name, age):
        return cls._instance

    def __init__(self, name, age):
        self.name = name
        self.age = age


Singleton._instance = object.__new__(Singleton)
