def collect(sock, n):
    messages = {}
    for _ in range(n):
        data, client = sock.recvfrom(65535)
        messages.setdefault(client, []).append(data.decode())
    return messages
