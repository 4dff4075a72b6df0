"""The files of a form (`multipart/form-data`, RFC 7578), read from a body that is there whole."""

from http import HTTPStatus
from io import BytesIO
from typing import cast

from fastapi import HTTPException
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from onrecord.service.http.problems import invalid

_EXAMPLE = "as `curl -F files=@article.txt` does"


def read_form_files(body: bytes, content_type: str, *, max_parts: int) -> list[tuple[str, bytes]]:
    """Return the name and the content of each file in a form.

    This takes long for a large body, so it belongs in a thread. Raise `HTTPException` if the body is no form, and
    `RequestValidationError` if it has no file or more than `max_parts` parts.
    """
    files: list[tuple[str, bytes]] = []
    fields, ended = 0, False

    def count() -> None:
        if fields + len(files) > max_parts:
            raise invalid(f"the form has more than {max_parts:,} parts; send at most {max_parts:,} files at once")

    def take_file(file: File) -> None:
        files.append((_decode(file.file_name or b""), cast(BytesIO, file.file_object).getvalue()))
        file.close()
        count()

    def take_field(_: Field) -> None:
        nonlocal fields
        fields += 1
        count()

    def end() -> None:
        nonlocal ended
        ended = True

    kind, options = parse_options_header(content_type)
    try:
        parser = FormParser(
            kind.decode("latin-1"),
            take_field,
            take_file,
            end,
            boundary=options.get(b"boundary"),
            # The body is in memory already, and what is read of it never touches the disk.
            config={"MAX_MEMORY_FILE_SIZE": len(body)},
        )
        parser.write(body)
        parser.finalize()
        if not ended:
            raise FormParserError("it has no end, so a part may be missing")
    except FormParserError as error:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST, f"The body is no form that can be read: {error}. Send one {_EXAMPLE}."
        ) from None
    if not files:
        raise invalid(f"no file in the form; send texts or web pages, {_EXAMPLE}")
    return files


def _decode(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")
