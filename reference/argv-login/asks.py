name = input("用户名: ")
password = input("密码: ")
if name == "alice" and password == "123":
    print("登录成功")
else:
    print("登录失败")
