import socket

sk = socket.socket(type=socket.SOCK_DGRAM)
sk.bind(('127.0.0.1', 9090))

def collect(sock, n):
    messages = {}
    for _ in range(n):
        data, client = sk.recvfrom(1024)
        messages.setdefault(client, []).append(data.decode('utf-8'))
    return messages
