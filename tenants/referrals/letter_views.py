"""The letters of a referral: looked at masked, printed or saved in clear."""

from dataclasses import asdict
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bancheng.identity.requests import actor_of
from bancheng.web import pdf
from bancheng.web.http import print_page
from tenants.referrals import letters
from tenants.referrals.letters import Kind


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, referral_id: UUID, kind: Kind = Kind.LETTER) -> HttpResponse:
    """Opened, a preview with the person masked; posted, the letter itself to print, and audited."""
    actor = actor_of(request)
    found = letters.letter_of(actor, referral_id)
    if request.method == "POST":
        letter, title = letters.issue(referral_id=referral_id, actor=actor, kind=kind), kind.label
    else:
        letter, title = letters.preview(found, kind), f"{kind.label}预览（个人信息已隐去）"
    context = {"referral": found, "letter": letter}
    return print_page(request, "referrals/papers/letter.html", context, title=title, copies=letters.COPIES)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def as_pdf(request: HttpRequest, referral_id: UUID, kind: Kind = Kind.LETTER) -> HttpResponse:
    """Opened, a PDF with the person masked; posted, the letter itself to save, and audited."""
    actor = actor_of(request)
    found = letters.letter_of(actor, referral_id)
    if request.method == "POST":
        letter = letters.issue(referral_id=referral_id, actor=actor, kind=kind, medium="pdf")
        name = f"{kind.label}{found.number}"
    else:
        letter, name = letters.preview(found, kind), f"{kind.label}预览"
    content = pdf.made(letters.TYPST, asdict(letter))
    return pdf.answer(content, name, saved=request.method == "POST")
