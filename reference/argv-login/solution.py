import sys

if len(sys.argv) != 3:
    print("用法: python login.py 用户名 密码")
    sys.exit(1)

name, password = sys.argv[1:]
if name == "alice" and password == "123":
    print("登录成功")
else:
    print("登录失败")
    sys.exit(1)
