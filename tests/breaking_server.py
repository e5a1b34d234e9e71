"""A web server on this machine that fails in the ways servers and connections fail."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What one address of the server answers.

    Attributes:
        content: the file.
        cuts: after how many bytes of the body the connection breaks off, a number a request;
            requests after the last are answered in full.
        statuses: errors that the first requests are answered with; then the file comes.
        ranges: whether requests for a part of the file are understood.
        if_range: whether If-Range is understood; a server that does not sends the part always.
        headers: such as ETag and Content-Type.
        location: where the address redirects to.
        announce: whether Content-Length is sent.
        hang: whether the server stops sending, and keeps the connection, instead of breaking off.
    """

    content: bytes = b""
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    if_range: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    location: str = ""
    announce: bool = True
    hang: bool = False


class BreakingServer:
    """Answers with the pages that a test puts on it, and remembers what it was asked.

    Attributes:
        pages: by path.
        requests: path and Range header of each request, in order.
    """

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.pages: dict[str, Page] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.closing = threading.Event()

    def put(self, path: str, content: bytes = b"", **options) -> str:
        """Answer `path` with `content` from now on; returns the address."""
        self.pages[path] = Page(content, **options)
        return self.address + path

    @property
    def ranges(self) -> list[str | None]:
        """The Range headers of the requests so far."""
        return [range_ for _path, range_ in self.requests]


@contextmanager
def breaking_server() -> Iterator[BreakingServer]:
    """The server, while it runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as httpd:
        httpd.daemon_threads = True
        server = BreakingServer(httpd.server_port)
        httpd.breaking = server
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            httpd.shutdown()
            thread.join()


def dead_address() -> str:
    """An address at which nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/dead.zip"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server.breaking
        server.requests.append((self.path, self.headers.get("Range")))
        page = server.pages.get(self.path)
        if page is None:
            self._empty(404)
        elif page.statuses:
            self._empty(page.statuses.pop(0))
        elif page.location:
            self._empty(302, {"Location": page.location})
        else:
            self._file(page)

    def _empty(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _file(self, page: Page) -> None:
        start = self._start(page)
        size = len(page.content)
        if start >= size > 0:
            self._empty(416, {"Content-Range": f"bytes */{size}"})
            return
        self.send_response(206 if start else 200)
        body = page.content[start:]
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        if page.announce:
            self.send_header("Content-Length", str(len(body)))
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self._send(body, page)

    def _start(self, page: Page) -> int:
        """The first byte that is asked for and may be sent alone."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked is None or not page.ranges:
            return 0
        validator = self.headers.get("If-Range")
        current = (page.headers.get("ETag"), page.headers.get("Last-Modified"))
        if validator is not None and page.if_range and validator not in current:
            return 0
        return int(asked[1])

    def _send(self, body: bytes, page: Page) -> None:
        if not page.cuts:
            self.wfile.write(body)
            return
        self.wfile.write(body[: page.cuts.pop(0)])
        self.wfile.flush()
        if page.hang:
            self.server.breaking.closing.wait(10)

    def log_message(self, *arguments) -> None:
        """Keep the tests' output quiet."""
