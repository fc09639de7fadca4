"""A real git HTTP server for tests: `git http-backend` behind Python's http.server, with every bad habit a host can have."""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import threading
from collections import defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path


class GitServer(ThreadingHTTPServer):
    """Serves the bare repositories below `root` at `/NAME.git`.

    `answers[name]`: (status, headers) pairs given, once each, instead of the real answer; `needs_token[name]`: a token;
    `redirects[name]`: another address; `pages[name]`: HTML; `silent`: names that are never answered, until `released` is set.
    """

    daemon_threads = False
    block_on_close = True

    def __init__(self, root: Path, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.root = root
        self.answers: dict[str, deque[tuple[int, dict[str, str]]]] = defaultdict(deque)
        self.needs_token: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.pages: dict[str, bytes] = {}
        self.silent: set[str] = set()
        self.throttled = False
        self.old_protocol = False
        self.asked = threading.Event()
        self.released = threading.Event()
        self.requests: list[str] = []
        self.on_request: Any = None
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def url(self, name: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/{name}.git"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed leaves a broken pipe: that is what some tests are about."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: GitServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.handle_git()

    def do_POST(self) -> None:
        self.handle_git()

    def log_message(self, *_: Any) -> None:
        pass

    def handle_git(self) -> None:
        body = self._body()
        path, _, query = self.path.partition("?")
        name = path.lstrip("/").partition(".git")[0]
        self.server.requests.append(f"{self.command} {self.path}")
        if self.server.on_request:
            self.server.on_request(self)
        if name in self.server.silent:
            self.server.asked.set()
            self.server.released.wait()
            self.close_connection = True
            return
        if self.server.throttled:
            self._say(429, {"Retry-After": "5"})
            return
        if self.server.answers[name]:
            status, headers = self.server.answers[name].popleft()
            self._say(status, headers)
            return
        if name in self.server.pages:
            self._say(200, {"Content-Type": "text/html"}, self.server.pages[name])
            return
        if name in self.server.redirects:
            rest = self.path[len(f"/{name}.git") :]
            self._say(301, {"Location": self.server.redirects[name] + rest})
            return
        if name in self.server.needs_token and not self._may_enter(self.server.needs_token[name]):
            self._say(401, {"WWW-Authenticate": 'Basic realm="git"'})
            return
        self._backend(path, query, body)

    def _may_enter(self, token: str) -> bool:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return kind == "Basic" and base64.b64decode(value).decode().partition(":")[2] == token

    def _say(self, status: int, headers: dict[str, str], page: bytes = b"") -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _backend(self, path: str, query: str, body: bytes) -> None:
        protocol = "" if self.server.old_protocol else self.headers.get("Git-Protocol", "")
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": protocol,
            "REMOTE_ADDR": "127.0.0.1",
        }
        with subprocess.Popen(
            ["git", "http-backend"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdin
            assert process.stdout
            threading_feed = threading.Thread(target=_feed, args=(process.stdin, body))
            threading_feed.start()
            status, headers = 200, []
            while (line := process.stdout.readline().strip()) != b"":
                key, _, value = line.decode().partition(": ")
                if key == "Status":
                    status = int(value.split()[0])
                else:
                    headers.append((key, value))
            self.send_response(status)
            for key, value in headers:
                self.send_header(key, value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            try:
                while data := process.stdout.read1(65536):
                    self.wfile.write(data)
            except OSError:
                process.kill()
            threading_feed.join()


def _feed(stream: Any, body: bytes) -> None:
    try:
        stream.write(body)
        stream.close()
    except OSError:
        pass
