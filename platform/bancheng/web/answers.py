"""How pages with dialogs answer: in a dialog or as a page, with a refusal beside the form it belongs to."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect, retarget

from bancheng.errors import Invalid, Refused
from bancheng.web.http import tell


def dialog_or_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """`template`_dialog.html for htmx, swapped into the dialog whatever the status; else `template`.html."""
    if "HX-Request" not in request.headers:
        return render(request, f"{template}.html", context, status=status)
    return retarget(render(request, f"{template}_dialog.html", context, status=status), "#dialog-body")


def go(request: HttpRequest, url: str) -> HttpResponse:
    """On to another page, from a dialog as well."""
    return HttpResponseClientRedirect(url) if "HX-Request" in request.headers else HttpResponseRedirect(url)


def tell_once(form: forms.Form, refused: Refused) -> None:
    """Put the refusal beside the form, unless it is the form's own errors, which stand there already."""
    if form.is_valid() or not isinstance(refused, Invalid):
        tell(form, refused)
