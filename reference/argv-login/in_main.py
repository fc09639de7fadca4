import sys


def main(args):
    try:
        name, password = args
    except ValueError:
        print("要两个参数", file=sys.stderr)
        return 1
    if (name, password) != ("alice", "123"):
        print("登录失败")
        return 1
    print("登录成功")
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
