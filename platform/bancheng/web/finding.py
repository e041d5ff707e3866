"""What somebody looks for may name a person, so it never stands in an address.

A form posts the words; they are kept, sealed, in the person's session under a short key, and the list is
opened with `?find=<key>`: it can be paged and filtered, and Back works. The key opens nothing for others.
"""

import base64
import secrets

from django.http import HttpRequest

from bancheng.privacy.cipher import Undecipherable, seal, unseal
from bancheng.tenancy import current_schema

PARAMETER = "find"
LONGEST = 60
_SLOT = "finding"
_PLACE = ("session", _SLOT)
_KEPT = 10
"""As many as somebody goes back to; older ones are dropped."""


def keep(request: HttpRequest, words: str) -> str:
    """Keep `words` in the session; returns the key for the address."""
    found = dict(request.session.get(_SLOT, {}))
    key = secrets.token_hex(4)
    found[key] = base64.b64encode(seal(words.encode(), schema=current_schema(), place=_PLACE)).decode()
    request.session[_SLOT] = dict(list(found.items())[-_KEPT:])
    return key


def address(request: HttpRequest, path: str) -> str:
    """Where to go on after the words were posted as `q`: `path` with the request's own filters and the key.

    Without words, the same list unsearched.
    """
    query = request.GET.copy()
    for name in (PARAMETER, "page"):
        query.pop(name, None)
    if words := request.POST.get("q", "").replace("\0", "").strip()[:LONGEST]:
        query[PARAMETER] = keep(request, words)
    return f"{path}?{query.urlencode()}" if query else path


def kept(request: HttpRequest) -> str | None:
    """The words of the address's key: "" where it has none, None where the session holds them no more."""
    key = request.GET.get(PARAMETER, "")
    if not key:
        return ""
    sealed = request.session.get(_SLOT, {}).get(key)
    if sealed is None:
        return None
    try:
        return unseal(base64.b64decode(sealed), schema=current_schema(), place=_PLACE).decode()
    except Undecipherable:  # its key was taken out of use meanwhile
        return None
