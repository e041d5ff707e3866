"""What pages have in common: a refusal beside its form, a message on the next page, papers in two copies."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bancheng.errors import Invalid, Refused

COPIES = ("存档联", "交付联")


def require_valid(form: BaseForm) -> None:
    """Raise Invalid with the form's sentences by field, "" for those of none, unless it is valid."""
    if not form.is_valid():
        raise Invalid(
            {
                "" if name == NON_FIELD_ERRORS else name: [str(sentence) for sentence in wrong]
                for name, wrong in form.errors.items()
            }
        )


def tell(form: BaseForm, refused: Refused) -> None:
    """Put an action's refusal beside the form it answers; what belongs to no field of it stands above.

    For views: `except Refused as refused: tell(form, refused)`, then render the form again with
    `status=refused.status`. Uncaught refusals become pages of their own (middleware.RefusalPages).
    """
    if not isinstance(refused, Invalid):
        form.add_error(None, refused.message)
        return
    for name, sentences in refused.errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def toast(
    response: HttpResponse, text: str, tone: str = "success", *, close_dialog: bool = False
) -> HttpResponse:
    """Say something with an htmx answer: a short message at the corner, and the dialog closed if asked."""
    events: dict[str, Any] = {"toast": {"text": text, "tone": tone}}
    if close_dialog:
        events["dialog-close"] = True
    response.headers["HX-Trigger"] = json.dumps(events)  # ASCII by escapes: headers carry nothing else
    return response


def print_page(
    request: HttpRequest,
    paper: str,
    context: Mapping[str, Any],
    *,
    title: str,
    copies: Sequence[str] = COPIES,
) -> HttpResponse:
    """A page to print: the paper (a template that extends web/paper.html) once for each copy, A4."""
    return render(request, "web/print.html", {**context, "paper": paper, "title": title, "copies": copies})


def client_address(request: HttpRequest) -> str:
    """Whence the request came, as the proxy says where there is one; "" if nobody says."""
    if settings.BEHIND_PROXY:
        return str(request.headers.get("X-Forwarded-For", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
