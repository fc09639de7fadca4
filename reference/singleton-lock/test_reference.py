PEOPLE = [("太白", 18), ("哪吒", 3), ("悟空", 500)]
NAMES, AGES = zip(*PEOPLE, strict=True)


def test_two_threads_get_one_object(explore):
    made = explore("at_once", *PEOPLE[:2])
    made.always(lambda run: run.value[0] is True, "两个线程得到的是同一个对象")
    made.always(lambda run: run.value[1] in NAMES[:2] and run.value[2] in AGES[:2], "name 和 age 是造的时候给的")


def test_one_after_another(call):
    assert call("in_turn", *PEOPLE) == [(True, name, age) for name, age in PEOPLE]


def test_threads_after_the_first(explore):
    explore("afterwards", *PEOPLE).always(lambda run: run.value == [True] * 2, "都是第一次造的那一个")
