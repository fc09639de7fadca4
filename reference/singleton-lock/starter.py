class Singleton:
    _instance = None

    def __new__(cls, name, age):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __init__(self, name, age):
        self.name = name
        self.age = age
