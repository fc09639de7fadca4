def collect(sock, n):
    for _ in range(n):
        data, client = sock.recvfrom(1024)
        print(client, data.decode('utf-8'))
        sock.sendto(data.upper(), client)
