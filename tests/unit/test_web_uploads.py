"""What is kept in memory of a request with files, however large they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

from bancheng.web.uploads import LimitedUploads, TooLarge

MEGABYTE = 1024 * 1024
BOUNDARY = "limit"


class Body:
    """A form in parts that is made while it is read: a file of any size without the bytes of one."""

    def __init__(self, *sizes: int) -> None:
        self._pieces = self._made(sizes)
        self._rest = b""
        self.length = sum(len(piece) for piece in self._made(sizes))

    def _made(self, sizes: tuple[int, ...]) -> Iterator[bytes]:
        for number, size in enumerate(sizes):
            said = f'Content-Disposition: form-data; name="f{number}"; filename="{number}.jpg"'
            yield f"--{BOUNDARY}\r\n{said}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
            for start in range(0, size, MEGABYTE):
                yield b"x" * min(MEGABYTE, size - start)
            yield b"\r\n"
        yield f"--{BOUNDARY}--\r\n".encode()

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def received(*sizes: int) -> Any:
    body = Body(*sizes)
    meta = {"CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}", "CONTENT_LENGTH": body.length}
    handlers: list[FileUploadHandler] = [LimitedUploads()]
    return MultiPartParser(meta, body, handlers).parse()[1]


def test_a_file_within_the_limit_arrives_whole() -> None:
    file = received(3 * MEGABYTE)["f0"]
    assert not isinstance(file, TooLarge)
    assert file.size == len(file.read()) == 3 * MEGABYTE


def test_a_file_of_200_mb_arrives_as_its_size_alone() -> None:
    file = received(200 * MEGABYTE)["f0"]
    assert isinstance(file, TooLarge)
    assert file.size == 200 * MEGABYTE
    assert file.read() == b""


@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_itself_is_allowed(over: int) -> None:
    assert isinstance(received(10 * MEGABYTE + over)["f0"], TooLarge) == bool(over)


def test_files_share_the_limit_of_a_request() -> None:
    files = received(6 * MEGABYTE, 6 * MEGABYTE, 3 * MEGABYTE)
    assert [isinstance(files[name], TooLarge) for name in ("f0", "f1", "f2")] == [False, True, False]
