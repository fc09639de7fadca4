from collections import defaultdict

def collect(sock, n):
    dic = defaultdict(list)
    while n:
        msg, addr = sock.recvfrom(1024)
        dic[addr].append(msg.decode('utf-8'))
        n -= 1
    return dic
