def collect(sock, n):
    """收 n 条 UDP 消息,返回字典: (ip, port) -> 文字列表。"""
