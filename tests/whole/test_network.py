"""The suite has no network, and says so."""

import http.server
import socket
import threading
import urllib.request

import pytest


@pytest.mark.parametrize(
    ("reach", "attempt"),
    [
        (lambda: socket.create_connection(("example.org", 80)), "socket.getaddrinfo 'example.org'"),
        (lambda: socket.create_connection(("192.0.2.1", 80)), "socket.getaddrinfo '192.0.2.1'"),
        (lambda: socket.gethostbyname("example.org"), "socket.gethostbyname 'example.org'"),
        (lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53)), "socket.sendto '192.0.2.1'"),
        (lambda: socket.socket().connect_ex(("192.0.2.1", 80)), "socket.connect '192.0.2.1'"),
    ],
    ids=["name", "address", "look-up", "datagram", "connect_ex"],
)
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_what_is_not_on_this_machine_cannot_be_reached(reach, attempt, network_attempts):
    """Any way to the outside fails at once and is noted, so that a test fails even where a library swallows it."""
    with pytest.raises(OSError, match=r"^The tests have no network: "):
        reach()
    assert network_attempts == [attempt]
    network_attempts.clear()


def test_this_machine_can_be_reached():
    """A server on loopback answers."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/no-such-file", timeout=5)
    assert caught.value.code == 404
    caught.value.close()
    thread.join()
    server.server_close()
