"""A Docker Engine that is none: it answers over a unix socket as told, and remembers its containers."""

import http.server
import json
import re
import socketserver
import struct
import threading
import time

from grader.containers import docker_image

SILENT = "silent"  # neither answers nor hangs up
DRIPPING = "dripping"  # one header byte now and then, for ever: no read ever times out
HELLO = b'{"hello": {"python": "3.11.2"}}\n'


def frame(data, stream=1):
    return struct.pack(">BxxxL", stream, len(data)) + data


class FakeEngine:
    """`broken` maps the end of "METHOD path" (a regular expression) to a status, SILENT or DRIPPING."""

    def __init__(self, folder):
        self.broken = {}
        self.containers = {}  # id -> {"Name", "State", "Labels"}
        self.removed = []
        self.labels = {
            docker_image.DIGEST: docker_image.sandbox_digest(docker_image.sandbox_files()),
            docker_image.PYTHON: "3.11.2",
            docker_image.PROGRAM: "/usr/bin/python3",
        }
        self.words = HELLO  # what a started container says
        self.more = b""  # raw bytes after it, once `go_on` is set
        self.go_on = threading.Event()
        self.stop = threading.Event()
        self.started = threading.Event()
        self.requests = []
        path = str(folder / "engine.sock")
        self.host = f"unix://{path}"
        engine = self

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request, client_address):
                """A client that hangs up in mid-answer is what many tests are about."""

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                engine.answer(self)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

            def log_message(self, *_):
                pass

            def address_string(self):
                return "unix"

        self.server = Server(path, Handler)
        self.server.engine = self
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.stop.set()
        self.go_on.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, request):
        path = re.sub(r"^/v[\d.]+", "", request.path.split("?")[0])
        asked = f"{request.command} {path}"
        self.requests.append(asked)
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        for pattern, how in self.broken.items():
            if re.search(pattern, asked):
                return self.break_down(request, how)
        for pattern, method in (
            (r"^GET /version$", self.version),
            (r"^GET /images/.*/json$", self.image),
            (r"^POST /containers/create$", self.create),
            (r"^GET /containers/json$", self.list),
            (r"^POST /containers/([^/]+)/attach$", self.attach),
            (r"^POST /containers/([^/]+)/start$", self.start),
            (r"^POST /containers/([^/]+)/kill$", self.kill),
            (r"^GET /containers/([^/]+)/json$", self.inspect),
            (r"^DELETE /containers/([^/]+)$", self.remove),
        ):
            found = re.search(pattern, asked)
            if found:
                return method(request, body, *found.groups())
        return reply(request, 404, {"message": f"no such thing: {asked}"})

    def break_down(self, request, how):
        request.close_connection = True
        if how == SILENT:
            self.stop.wait()
        elif how == DRIPPING:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.stop.wait(0.05):
                try:
                    request.wfile.write(b"x")
                except OSError:
                    return
        else:
            reply(request, how, {"message": "out of order"})

    def version(self, request, _):
        reply(request, 200, {"ApiVersion": "1.41", "Version": "20.10"})

    def image(self, request, _):
        reply(request, 200, {"Id": "sha256:1", "Config": {"Labels": self.labels}})

    def create(self, request, body):
        name = request.path.split("name=")[1].split("&")[0]
        self.containers[name] = {"State": "created", "Labels": json.loads(body)["Labels"], "Created": time.time()}
        reply(request, 201, {"Id": name, "Warnings": []})

    def list(self, request, _):
        reply(request, 200, [{"Id": name} | container for name, container in self.containers.items()])

    def attach(self, request, _, name):
        request.wfile.write(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        self.started.wait(20)
        if self.words:
            request.wfile.write(frame(self.words))
        if self.go_on.wait(0 if not self.more else 20):
            request.wfile.write(self.more)
        self.stop.wait()
        request.close_connection = True

    def start(self, request, _, name):
        self.containers[name]["State"] = "running"
        reply(request, 204)
        self.started.set()

    def kill(self, request, _, name):
        self.containers[name]["State"] = "exited"
        reply(request, 204)

    def inspect(self, request, _, name):
        state = self.containers[name]["State"]
        reply(request, 200, {"State": {"Running": state == "running", "ExitCode": 137, "OOMKilled": False, "Pid": 0}})

    def remove(self, request, _, name):
        if self.containers.pop(name, None) is None:
            return reply(request, 404, {"message": "no such container"})
        self.removed.append(name)
        return reply(request, 204)


def reply(request, status, body=None):
    text = b"" if body is None else json.dumps(body).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(text)))
    request.end_headers()
    request.wfile.write(text)
