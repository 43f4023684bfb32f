"""A server of pages for the browsers of this machine: they trust localhost with camera, microphone and motion."""

import html
import socket
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import quote, unquote, urlsplit

HOST = "127.0.0.1"
HOST_NAMES = (HOST, "localhost")
"""By which this machine may be asked: a page from elsewhere, whose name leads here, is refused."""
_LIST = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Luthier</title><link rel="icon" href="data:,">
<style>body { font: 1.2rem/1.6 sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }</style></head>
<body><h1>Instruments</h1><ul>%s</ul></body></html>
"""


class PageServer:
    """Serves pages by their names at /NAME.html, and at / the only page, or a list of them."""

    def __init__(self, pages: Mapping[str, str], port: int | None, default_port: int = 0) -> None:
        """port: None for the default one, or a free one if that is taken; 0 for a free one. OSError if it is taken.

        pages: the texts by name.
        """
        texts = {f"/{quote(name, safe='')}.html": text for name, text in pages.items()}
        links = (
            f'<li><a href="{html.escape(path)}">{html.escape(name)}</a></li>'
            for path, name in zip(texts, pages, strict=True)
        )
        texts["/"] = next(iter(pages.values())) if len(pages) == 1 else _LIST % "".join(links)
        contents = {path: text.encode("utf-8") for path, text in texts.items()}
        self._server = _listen(contents, port, default_port)

    @property
    def address(self) -> str:
        """The address of the list, or of the only page."""
        return f"http://localhost:{self._server.server_address[1]}/"

    def serve(self) -> None:
        """Answer until another thread closes it, or Ctrl+C."""
        self._server.serve_forever()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, contents: Mapping[str, bytes]) -> None:
        self.contents = contents
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "Luthier", ""

    def do_GET(self) -> None:
        """Send a page."""
        name = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        content = self.server.contents.get(quote(unquote(urlsplit(self.path).path), safe="/"))
        if name not in HOST_NAMES:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif content is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *values: object) -> None:
        """Print nothing."""


def _listen(contents: Mapping[str, bytes], port: int | None, default_port: int) -> _Server:
    """A server at a port; see `PageServer`."""
    if port is None:
        with socket.socket() as probe:
            port = default_port if probe.connect_ex((HOST, default_port)) else 0
    try:
        return _Server(port, contents)
    except OSError as error:
        raise OSError(f"port {port} of this machine cannot be used: {error.strerror}") from None
