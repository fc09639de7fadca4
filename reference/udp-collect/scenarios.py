import socket

def post(student, letters):
    server, clients = _socket(24000), {port: _socket(port) for port in dict(letters)}
    for port, text in letters:
        clients[port].sendto(text.encode(), ("127.0.0.1", 24000))
    return student.collect(server, len(letters))

def _socket(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", port))
    return sock
