"""A server that streams the answer of a model over HTTP: its client, time-outs, retries and errors."""

import asyncio
import ipaddress
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from weakref import WeakKeyDictionary

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from onrecord.service.answers.prose.backends.backend import BackendError, BackendUnreachable, PromptRejected
from onrecord.service.answers.prose.backends.providers.event_stream import MAX_LINE, BadFraming, events, lines

MAX_ATTEMPTS = 3
"""Times that a request is sent; it is not sent again once the answer has begun."""
MAX_WAIT_SECONDS = 8.0
"""Seconds between two attempts that a server may ask for; if it asks for more, the answer is made of quotes at once."""
_RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504, 529})
"""Statuses that another try may change; 529 is Anthropic's "overloaded"."""
_JITTER = wait_random_exponential(multiplier=0.25, max=2)
"""Seconds between two attempts, at random and longer with every attempt."""
EVENTS = "text/event-stream"
"""The media type of server-sent events."""
_ERROR_CODE = re.compile(r"[a-z][a-z_]{2,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The seconds that a request waits for a server."""

    connect: float = 5.0
    """Seconds until the connection is made."""
    read: float = 60.0
    """Seconds without a single byte. A model that thinks sends signs of life; the whole answer has its own limit."""


class Remote:
    """A server of a language model, with a client that all requests of one event loop share.

    The connections of a client belong to an event loop, so each loop has a client, made for its first request. The
    client uses the proxies of the environment, because newsrooms reach the internet through them, but never for this
    machine: an HTTP_PROXY that is meant for a browser would send the questions and passages for a local Ollama away.
    It follows no redirects, which would carry the key and the passages to an address that the settings do not name.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        patience: Patience,
        headers: Mapping[str, str] | None = None,
        wishes: Mapping[str, Any] | None = None,
    ) -> None:
        """Take the server; `wishes` are fields that some models reject, and a rejected one is not sent again."""
        self.name = name
        self._url = url.rstrip("/")
        self._headers = dict(headers or {})
        self._wishes = dict(wishes or {})
        self._patience = patience
        # The certificates and the modules that httpx imports with its first client are loaded now, so that the first
        # question does not wait for them.
        self._tls = httpx.create_ssl_context()
        import httpcore  # noqa: F401

        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    def __repr__(self) -> str:
        # The name alone is shown, so that no key is printed if a field is added later.
        return f"{type(self).__name__}({self.name!r})"

    @asynccontextmanager
    async def post(self, path: str, body: Mapping[str, Any], *, media_type: str) -> AsyncGenerator[AsyncIterator[str]]:
        """Send the body as JSON and yield an iterator over the answer: the data of each event, or each line.

        Leaving the block closes the response, and with it the connection if the answer was not read to its end.

        Raises:
            BackendError: if the server refuses, is silent, breaks off, or answers with another media type.
        """
        try:
            response = await self._opened(path, body)
            try:
                self._check_kind(response, media_type)
                async with (
                    aclosing(lines(response.aiter_bytes())) as cut,
                    aclosing(events(cut) if media_type == EVENTS else cut) as payloads,
                ):
                    yield payloads
            finally:
                await response.aclose()
        except BadFraming as error:
            raise self.error(str(error)) from None
        except httpx.TimeoutException:
            raise self._silent() from None
        except httpx.HTTPError:
            raise self.cut_off() from None

    def payload(self, text: str) -> dict[str, Any]:
        """Return the JSON object in the text; raise `BackendError` if it is none, or if it reports an error."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self.error("sent something that is no JSON object")
        if found.get("error"):
            raise self.error(f"reported an error{self._code(found)}")
        return found

    def text(self, found: object, field: str) -> str:
        """Return the text of a field, "" if it is missing or null; raise `BackendError` if it holds anything else."""
        value = found.get(field) if isinstance(found, dict) else None
        if value is not None and not isinstance(value, str):
            raise self.error("sent something that is no text")
        return value or ""

    def cut_off(self) -> BackendError:
        """Return the error of a stream that ends before the answer does."""
        return self.error("broke off in the midst of its answer")

    def error(self, what: str) -> BackendError:
        """Return an error that says what the model did; `what` is a predicate without its subject."""
        return BackendError(f"The language model {self.name} {what}.")

    async def close(self) -> None:
        """Close the connections of the running loop; those of loops that ended are closed already."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        self._clients.clear()
        if client is not None:
            await client.aclose()

    def _client(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if (client := self._clients.get(loop)) is None:
            try:
                client = self._clients[loop] = httpx.AsyncClient(
                    # No compressed answer is taken, because a small packet could unpack to gigabytes.
                    headers={"Accept-Encoding": "identity", **self._headers},
                    timeout=httpx.Timeout(self._patience.read, connect=self._patience.connect),
                    trust_env=not _is_here(httpx.URL(self._url).host),
                    verify=self._tls,
                    follow_redirects=False,
                )
            except (ImportError, ValueError, httpx.InvalidURL):
                raise self.error("cannot be asked: the proxy of the environment is none that can be used") from None
        return client

    async def _opened(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """Return a response with status 200, after more attempts or without rejected wishes if necessary."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(MAX_ATTEMPTS),
            retry=retry_if_exception(lambda error: isinstance(error, _Again) and error.wait <= MAX_WAIT_SECONDS),
            wait=_wait,
            reraise=True,
        )
        while True:
            wishes = dict(self._wishes)
            try:
                return await retrying(self._once, path, {**body, **wishes})
            except _Again as error:
                raise error.reason from None
            except _Rejected as error:
                if not (unwanted := [field for field in wishes if field in error.said]):
                    raise
                for field in unwanted:
                    self._wishes.pop(field, None)

    async def _once(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        client = self._client()
        # A lone surrogate, which JSON can hold and UTF-8 cannot, becomes a question mark.
        content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
        request = client.build_request(
            "POST", f"{self._url}{path}", content=content, headers={"Content-Type": "application/json"}
        )
        try:
            response = await client.send(request, stream=True)
        except httpx.TimeoutException:
            raise self._silent() from None
        except httpx.TransportError:
            # A server that restarts refuses connections, or drops one that was kept open.
            raise _Again(BackendUnreachable(f"The language model {self.name} cannot be reached.")) from None
        if response.status_code == httpx.codes.OK:
            return response
        try:
            raise await self._refusal(response)
        finally:
            await response.aclose()

    async def _refusal(self, response: httpx.Response) -> Exception:
        """Return the error that a status other than 200 stands for."""
        status = response.status_code
        if response.is_redirect:
            return self.error(f"answers with a redirect to another address (HTTP {status}), which is not followed")
        found = await self._said(response)
        because = f"HTTP {status}{self._code(found)}"
        if status in {400, 413, 422}:
            return _Rejected(f"The language model {self.name} rejects the request ({because}).", said=json.dumps(found))
        if status in _RETRIED_STATUSES:
            what = "is asked too often" if status == httpx.codes.TOO_MANY_REQUESTS else "cannot answer now"
            return _Again(self.error(f"{what} ({because})"), wait=_retry_after(response.headers.get("Retry-After")))
        if status in {401, 403}:
            return self.error(f"does not take the key it was given ({because})")
        if status == httpx.codes.NOT_FOUND:
            return self.error(f"is not known at the address that is set for it ({because})")
        return self.error(f"refuses to answer ({because})")

    async def _said(self, response: httpx.Response) -> dict[str, Any]:
        body = bytearray()
        try:
            async with asyncio.timeout(self._patience.connect):
                async for packet in response.aiter_raw():
                    body += packet[:MAX_LINE]
                    if len(body) >= MAX_LINE:
                        break
            found = json.loads(body)
        except (httpx.HTTPError, ValueError, RecursionError, TimeoutError):
            return {}
        return found if isinstance(found, dict) else {}

    def _code(self, found: Mapping[str, Any]) -> str:
        """Return a comma and the code of the error if it is a plain word, else "".

        No other words of a server are passed on, because OpenAI's "incorrect key" repeats a part of the key.
        """
        error = found.get("error")
        if not isinstance(error, dict):
            return ""
        for word in (error.get("code"), error.get("type")):
            if (
                isinstance(word, str)
                and _ERROR_CODE.fullmatch(word)
                and not any(word in v for v in self._headers.values())
            ):
                return f", {word}"
        return ""

    def _check_kind(self, response: httpx.Response, media_type: str) -> None:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != media_type:
            shown = kind if re.fullmatch(r"[a-z]{1,20}/[a-z0-9.+-]{1,40}", kind) else "something else"
            raise self.error(f"sent {shown} instead of {media_type}")
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise self.error("sent a packed answer, which was not asked for")

    def _silent(self) -> BackendUnreachable:
        return BackendUnreachable(f"The language model {self.name} did not answer in time.")


def objects(value: object) -> list[dict[str, Any]]:
    """Return those items of a JSON list that are objects; none if the value is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


class _Rejected(PromptRejected):
    """An error that says that the server rejects the request; users never see `said`, the JSON that it answered."""

    def __init__(self, message: str, *, said: str) -> None:
        super().__init__(message)
        self.said = said


class _Again(Exception):
    """A failure that another attempt may avoid; `wait` is the seconds that the server asks for."""

    def __init__(self, reason: BackendError, *, wait: float = 0.0) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.wait = wait


def _wait(state: RetryCallState) -> float:
    """Return the seconds that the server asked for, with jitter, so that refused requests do not return together."""
    error = state.outcome.exception() if state.outcome else None
    return (error.wait if isinstance(error, _Again) else 0.0) + _JITTER(state)


def _retry_after(value: str | None) -> float:
    """Return the seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3: seconds or a date); 0 if none does."""
    if value is None:
        return 0.0
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
