"""A newspaper's own site, on another origin than the service, that carries the widget by one tag."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

PAGE = Path(__file__).parent / "site.html"
STYLE = Path(__file__).parent / "site.css"


@contextmanager
def publish(pages: Callable[[str], tuple[str, str, str] | None]) -> Iterator[str]:
    """Serve what `pages` has for a path: content, media type and policy; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = pages(self.path.partition("?")[0])
            content = (found[0] if found else "").encode()
            self.send_response(200 if found else 404)
            if found:
                self.send_header("Content-Type", f"{found[1]}; charset=utf-8")
                self.send_header("Content-Security-Policy", found[2])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def newspaper(service: str, *, attributes: str = "") -> Callable[[str], tuple[str, str, str] | None]:
    """Return the newspaper's pages, under the policy that docs/widget.md gives to site owners and no wider one."""
    policy = f"default-src 'none'; style-src 'self'; img-src data:; script-src {service}; connect-src {service}"
    page = PAGE.read_text(encoding="utf-8").replace("{service}", service).replace("{attributes}", attributes)
    files = {"/": (page, "text/html", policy), "/site.css": (STYLE.read_text(encoding="utf-8"), "text/css", policy)}
    return files.get
