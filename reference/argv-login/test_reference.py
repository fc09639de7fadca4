import pytest


def refused(script, *args):
    run = script(args=args)
    told = f"python login.py {' '.join(map(repr, args))} 打印了 {run.stdout!r},退出码是 {run.exit}"
    assert "登录失败" in run.lines, told
    assert "登录成功" not in run.stdout, told
    assert run.exit == 1, told


@pytest.mark.parametrize("password", ["", "1", "0123", "123 ", "Alice", "password", "欧阳娜娜"])
def test_wrong_password(script, password):
    refused(script, "alice", password)


def test_wrong_name(script, inputs):
    for name in ["Alice", "alic", str(inputs.randint(1000, 9999))]:
        refused(script, name, "123")


@pytest.mark.parametrize("args", [[], ["alice"]])
def test_arguments_missing(script, args):
    run = script(args=args)
    assert run.exit == 1
    assert run.stdout.strip() + run.stderr.strip() != "", "告诉用户怎么用"
    assert "登录成功" not in run.stdout
