"""Receiving files: never more of them in memory than one request may carry, never any on disk."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class TooLarge(InMemoryUploadedFile):
    """A file that came with more than was allowed: its name and size, and none of its content."""


class LimitedUploads(FileUploadHandler):
    """Keeps files in memory, UPLOAD_MAX_BYTES of a request in all; what exceeds them is read and dropped.

    The form then finds a `TooLarge` in the place of the file and says so beside the field, however large the
    file was: nothing is refused in the middle of a transfer, where a browser would only see the line drop.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._left = int(settings.UPLOAD_MAX_BYTES)
        self._kept = BytesIO()
        self._dropping = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept, self._dropping = BytesIO(), False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._dropping:
            return
        if len(raw_data) > self._left:
            self._dropping = True
            self._left += self._kept.tell()
            self._kept = BytesIO()
            return
        self._kept.write(raw_data)
        self._left -= len(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._kept.seek(0)
        kind = TooLarge if self._dropping else InMemoryUploadedFile
        return kind(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
