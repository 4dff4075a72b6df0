import pytest
from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError

from onrecord.service.http.requests.form_files import read_form_files

FORM = "multipart/form-data; boundary=cut"


def part(content: bytes, *, name: bytes | None) -> bytes:
    """Return a part of a form: a file with a name, or a field without one."""
    file = b'; filename="%s"' % name if name is not None else b""
    return b'--cut\r\nContent-Disposition: form-data; name="files"%s\r\n\r\n%s\r\n' % (file, content)


def test_files_are_read_byte_for_byte_and_fields_are_left_out() -> None:
    """A file keeps its name, in UTF-8 or Latin-1, and whatever its content looks like."""
    contents = {
        "Größe.txt": b"A line.\r\n--cu\n\r\r\n",
        "empty.txt": b"",
        "binary": bytes(range(256)) * 8_000,
    }
    body = part(b"a field", name=None) + b"".join(part(text, name=name.encode()) for name, text in contents.items())
    body += part(b"old", name="Öl".encode("latin-1")) + b"--cut--\r\n"
    assert dict(read_form_files(body, FORM, max_parts=5)) == {**contents, "Öl": b"old"}


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (part(b"A text.", name=b"a.txt"), FORM, "it has no end, so a part may be missing"),
        (part(b"A text.", name=b"a.txt") + b"--cut--\r\n", "multipart/form-data", "No boundary given"),
        (b"no form at all", FORM, "is no form that can be read"),
        (b"--cut\r\n\r\nA text.\r\n--cut--\r\n", FORM, "Field name not found"),
        (b"", FORM, "it has no end"),
    ],
)
def test_what_is_no_form_is_named(body: bytes, kind: str, says: str) -> None:
    """A form that is cut off, without a boundary or malformed is a 400 that says how to send one."""
    with pytest.raises(HTTPException) as refused:
        read_form_files(body, kind, max_parts=5)
    assert refused.value.status_code == 400
    assert says in refused.value.detail
    assert "curl -F files=@article.txt" in refused.value.detail


@pytest.mark.parametrize("name", [None, b"a.txt"])
def test_the_parts_of_a_form_are_bounded(name: bytes | None) -> None:
    """One part more than allowed, a file or a field, ends the reading."""
    with pytest.raises(RequestValidationError) as refused:
        read_form_files(part(b"x", name=name) * 4 + b"--cut--\r\n", FORM, max_parts=3)
    assert "send at most 3 files at once" in refused.value.errors()[0]["msg"]
