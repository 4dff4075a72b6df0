"""The headers by which a browser keeps a response from other sites, and from itself."""

from collections.abc import Iterable, Mapping

DEFAULTS: Mapping[str, str] = {
    # An answer is data: it loads nothing and stands in no frame, also where a browser takes it for a page.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Another site may not load a response as a script or a picture; what the widget asks for goes by CORS instead.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # An answer may need a key, so neither a proxy nor a browser keeps it.
    "Cache-Control": "no-store",
}
_DEFAULTS = [(name.lower().encode(), value.encode()) for name, value in DEFAULTS.items()]


def complete(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of a response with those that it lacks."""
    given = list(headers)
    names = {name for name, _ in given}
    return [*given, *(default for default in _DEFAULTS if default[0] not in names)]
