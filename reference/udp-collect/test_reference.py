A, B, C = (("127.0.0.1", port) for port in (24001, 24002, 24003))

def collected(call, *letters):
    return call("post", [(client[1], text) for client, text in letters])

def test_one_client(call):
    assert collected(call, (A, "早"), (A, "再见")) == {A: ["早", "再见"]}

def test_interleaved_clients(call):
    got = collected(call, (A, "1"), (B, "1"), (A, "2"), (C, "1"), (B, "2"), (A, "1"))
    assert got == {A: ["1", "2", "1"], B: ["1", "2"], C: ["1"]}

def test_text_as_sent(call):
    assert collected(call, (A, "你好 世界 🍜"), (A, "")) == {A: ["你好 世界 🍜", ""]}
