import socket
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from onrecord.service.http.app import create_app
from onrecord.service.http.guards.hosts import CheckHost
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client
from tests.service.serving import serving

pytestmark = pytest.mark.anyio

ARTICLE = {"text": "Rebound\n\nThis was added by a page of another host.", "source_name": "rebound.txt"}
QUESTION = {"question": "Who leads the Russian delegation?"}


def reached_at(app: FastAPI, address: str) -> httpx.AsyncClient:
    """Return a client whose requests come in at this address of the machine."""

    async def received(scope, receive, send):
        await app({**scope, "server": (address, 8000)}, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=received), base_url="http://localhost")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8471", "localhost.evil.example", "127.0.0.1.nip.io"])
async def test_a_page_whose_name_was_led_here_can_do_nothing(empty: httpx.AsyncClient, host: str) -> None:
    """DNS rebinding: the browser takes the service for a part of the page's site, and the Host gives it away."""
    for origin in ({"Origin": f"http://{host}"}, {"Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}, {}):
        headers = {"Host": host, **origin}
        for refused in (
            await empty.post("/articles", json=ARTICLE, headers=headers),
            await empty.post("/ask", json=QUESTION, headers=headers),
            await empty.delete("/articles/0000000000000000", headers=headers),
            await empty.get("/articles", headers=headers),
            await empty.get("/", headers=headers),
            await empty.options("/ask", headers={**headers, "Access-Control-Request-Method": "POST"}),
        ):
            assert refused.status_code == 403
            assert refused.headers["content-type"] == "application/problem+json"
            assert not {name for name in refused.headers if name.startswith("access-control")}
            said = refused.json()["detail"]
            assert host.partition(":")[0] in said
            assert "ONRECORD_HOSTS" in said
    assert (await empty.get("/articles")).json()["articles"] == []


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:8000", "localhost.", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:65535", "[0:0:0::1]:80"],
)
async def test_the_names_of_this_machine_are_served(client: httpx.AsyncClient, host: str) -> None:
    """At any port, in capital letters, with the dot of a full name, and in any form of an address."""
    assert (await client.get("/articles", headers={"Host": host})).status_code == 200


MALFORMED = ["", " ", ":", "[]", "[::1", "::1", "a b", "..", "*", "localhost:port", "localhost:99999", "localhost:8:8"]
MALFORMED += [
    "localhost:-1",
    "user@localhost",
    "localhost@evil.example",
    "localhost/",
    "localhost#",
    "localhost,x.example",
]
MALFORMED += ["[::1%25lo]", "[evil.example]", "[v1.x]", "löcalhost", "localhost\0", "a" * 300 + "/"]


@pytest.mark.parametrize("host", MALFORMED)
async def test_a_host_that_is_none_is_a_problem_with_keys_too(host: str) -> None:
    """It is refused as malformed, before anything is built from it."""
    for settings in ({}, {"api_keys": "full-key"}, {"hosts": "archive.lan"}):
        assert await status_of(CheckHost(no_app, settings=Settings(**settings)), host) == 400


async def no_app(*_: object) -> None:
    raise AssertionError("the request was passed on")


async def status_of(app: ASGIApp, host: str) -> int:
    """Return the status that answers a request with this very Host, which no client would send."""
    statuses = []

    async def send(message):
        statuses.append(message.get("status"))

    await app({"type": "http", "headers": [(b"host", host.encode("latin-1"))]}, no_app, send)
    return statuses[0]


@pytest.mark.parametrize(
    ("listens_on", "at", "host", "status"),
    [
        ("archive.lan", "192.0.2.7", "archive.lan:8000", 200),
        ("0.0.0.0", "192.0.2.7", "192.0.2.7:8000", 200),
        ("0.0.0.0", "192.0.2.7", "0.0.0.0:8000", 200),
        ("::", "::ffff:192.0.2.7", "192.0.2.7:8000", 200),
        ("::", "fe80::1%eth0", "[fe80::1]:8000", 200),
        ("0.0.0.0", "192.0.2.7", "192.0.2.8:8000", 403),
        ("0.0.0.0", "192.0.2.7", "archive.lan", 403),
        (None, "evil.example", "evil.example", 403),
    ],
)
async def test_the_address_listened_on_is_served(seeded: Parts, listens_on, at, host, status) -> None:
    """The name given to --host, and the machine's address at which the request came in; that is never a name."""
    async with reached_at(create_app(seeded, Settings(), listens_on=listens_on), at) as client:
        assert (await client.get("/health/live", headers={"Host": host})).status_code == status


async def test_listed_names_are_served_and_forwarded_ones_are_not_believed(seeded: Parts) -> None:
    """ONRECORD_HOSTS and the name in ONRECORD_PUBLIC_URL count; X-Forwarded-Host and Forwarded are anybody's word."""
    settings = Settings(hosts="archive.lan,[2001:db8::1]", public_url="https://news.example/archive")
    async with make_client(create_app(seeded, settings)) as client:
        for host in ("archive.lan:8000", "ARCHIVE.lan", "[2001:db8:0::1]", "news.example"):
            assert (await client.get("/health/live", headers={"Host": host})).status_code == 200
        for host in ("sub.archive.lan", "archive", "other.example"):
            for forwarded in ({}, {"X-Forwarded-Host": "archive.lan"}, {"Forwarded": "host=archive.lan"}):
                refused = await client.get("/health/live", headers={"Host": host, **forwarded})
                assert refused.status_code == 403
        forwarded = {"X-Forwarded-Host": "evil.example"}
        assert (await client.get("/health/live", headers=forwarded)).status_code == 200


async def test_with_keys_every_name_is_served_unless_names_are_listed(seeded: Parts) -> None:
    """A page that was led here has no key; if the settings list names, these alone are served."""
    key = {"Authorization": "Bearer full-key"}
    for hosts, status in (((), 200), (("archive.lan",), 403)):
        async with make_client(create_app(seeded, Settings(api_keys="full-key", hosts=hosts))) as client:
            assert (await client.get("/articles", headers={"Host": "any.example", **key})).status_code == status
            assert (await client.get("/articles", headers={"Host": "any.example"})).status_code in {401, 403}


def test_a_request_is_judged_by_what_was_sent_over_the_wire(seeded: Parts) -> None:
    """No Host, two of them, a target with a name of its own, an upgrade: none gets further than its Host allows."""
    with serving(create_app(seeded, Settings())) as address:
        where = urlsplit(address)
        here = f"Host: 127.0.0.1:{where.port}"

        def status(*lines: str) -> str:
            with socket.create_connection((where.hostname, where.port)) as connection:
                connection.sendall("".join(f"{line}\r\n" for line in (*lines, "Connection: close", "")).encode())
                return connection.makefile("rb").readline().decode().split(" ")[1]

        assert status("GET /health/live HTTP/1.1", here) == "200"
        assert status("GET /articles HTTP/1.0") == "400"
        assert status("GET /articles HTTP/1.1", here, "Host: evil.example") == "400"
        assert status("GET http://localhost/articles HTTP/1.1", "Host: evil.example") == "403"
        upgrade = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
        assert status("GET /ask HTTP/1.1", "Host: evil.example", *upgrade, "Connection: Upgrade") in {"403", "404"}
