"""The trusted half: reads courses, fetches repositories, judges, stores, reports. Never runs student code.

Data flows one way: course -> intake -> containers -> judge -> store -> reports. Of `sandbox` it imports `protocol` alone.
"""
