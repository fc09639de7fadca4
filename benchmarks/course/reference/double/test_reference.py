def test_two(call):
    assert call("double", 2) == 4


def test_text(call):
    assert call("double", "ab") == "abab"
