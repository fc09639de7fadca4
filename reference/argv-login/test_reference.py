import pytest


def refused(run):
    return run.exit == 1 and "登录失败" in run.lines and "登录成功" not in run.stdout


@pytest.mark.parametrize("password", ["", "1", "0123", "123 ", "Alice", "password", "欧阳娜娜"])
def test_wrong_password(script, password):
    assert refused(script(args=["alice", password]))


def test_wrong_name(script, inputs):
    for name in ["Alice", "alic", str(inputs.randint(1000, 9999))]:
        assert refused(script(args=[name, "123"]))


@pytest.mark.parametrize("args", [[], ["alice"]])
def test_arguments_missing(script, args):
    run = script(args=args)
    assert run.exit == 1
    assert run.stdout.strip() + run.stderr.strip() != "", "告诉用户怎么用"
    assert "登录成功" not in run.stdout
