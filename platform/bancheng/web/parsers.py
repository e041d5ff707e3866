"""The bodies that the API reads: JSON in UTF-8 (RFC 8259), and a form in parts where there are files."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """Raises ParseError (400) for what is no JSON, nests too deep, or could not be written as UTF-8."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = json.loads(stream.read().decode(), parse_constant=_refuse)
            json.dumps(data, ensure_ascii=False).encode()  # no table takes half a surrogate pair
        except (ValueError, RecursionError):
            raise ParseError("请求的内容不是有效的JSON，请检查格式和编码（UTF-8）。") from None
        return data


class MultiPartParser(parsers.MultiPartParser):
    """Raises ParseError (400) for what is no form in parts."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError:
            raise ParseError("请求的内容不是有效的multipart/form-data，请检查格式。") from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
