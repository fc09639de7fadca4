import pytest

NAMES = ["太白", "哪吒", "女娲", "后羿"]
STORIES = {
    "before": "只有一张票。太白等锁的时候,哪吒从头到尾买了一次",
    "after": "只有一张票。太白把锁还回去以后,哪吒从头到尾买了一次",
}


def test_one_customer(call, inputs):
    tickets = inputs.randint(2, 99)
    assert call("one_customer", "太白", tickets) == (True, tickets - 1, True), "买到了: 返回 True,少一张,锁还回去"
    assert call("one_customer", "太白", 1) == (True, 0, True), "最后一张也要卖"
    assert call("one_customer", "太白", 0) == (False, 0, True), "没票了: 返回 False,文件不动,锁还回去"


@pytest.mark.parametrize("when", STORIES)
def test_reading_and_writing_in_one_go(call, when):
    bought, left = call("overtaken", when)
    assert "哪吒" in bought, "buy 没有用交给它的那把锁"
    assert sorted(bought.values(), key=str) == [False, True], f"{STORIES[when]};正好一个人买到。结果是 {bought}"
    assert left == 0, f"{STORIES[when]};最后剩下 0 张"


def test_waits_while_somebody_writes(call):
    assert call("half_written") == (True, 0), "别人写完以后,票是有的"


def test_never_more_than_there_are(explore):
    rush = explore("rush", NAMES, 2, watch="note start join")
    rush.always(lambda run: sorted(e.about for e in run.events("note")) == sorted(NAMES), "每个人都得到回答")
    rush.always(lambda run: sorted(str(e.bought) for e in run.events("note")) == ["False", "False", "True", "True"], "两张票,正好两个人买到")
    rush.always(lambda run: run.value == 0, "最后剩下 0 张")
