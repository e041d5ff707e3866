"""The pages of an account: log in, log out, change the password."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from bancheng.errors import Invalid, Refused
from bancheng.identity import actions
from bancheng.identity.forms import LoginForm, PasswordForm
from bancheng.identity.models import Staff
from bancheng.identity.sessions import SessionStore
from bancheng.privacy import audit


class LoginView(auth_views.LoginView):
    """Log in under a new session key and go where one wanted to; never to another host."""

    template_name = "identity/login.html"
    authentication_form = LoginForm  # type: ignore[assignment]  # Django's own form names fields our way, not its class
    redirect_authenticated_user = True

    def form_valid(self, form: LoginForm) -> HttpResponse:  # type: ignore[override]
        staff = cast(Staff, form.get_user())
        with transaction.atomic():
            response = super().form_valid(form)  # type: ignore[arg-type]
            audit.record(actor=staff.actor, act="staff.logged_in", subject=staff)
        SessionStore.clear_expired()  # the one regular moment at which a schema's dead sessions are swept out
        return response


class LogoutView(auth_views.LogoutView):
    """Log out (POST only) and return to the login page."""

    def post(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if isinstance(request.user, Staff):
            audit.record(actor=request.user.actor, act="staff.logged_out", subject=request.user)
        return super().post(request, *args, **kwargs)


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class PasswordView(auth_views.RedirectURLMixin, FormView):  # type: ignore[type-arg]  # none at run time
    """Change one's own password; whoever came with a first one goes on to where he or she wanted to go."""

    template_name = "identity/password.html"
    form_class = PasswordForm
    next_page = "/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"next": self.get_redirect_url()}

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        try:
            staff = actions.change_password(
                staff=cast(Staff, self.request.user),
                old_password=form.cleaned_data["old_password"],
                new_password=form.cleaned_data["new_password"],
            )
        except Refused as refused:
            for field, sentences in _errors(refused).items():
                form.add_error(field or None, sentences)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, staff)
        messages.success(self.request, "密码已修改。")
        return HttpResponseRedirect(self.get_success_url())


def _errors(refused: Refused) -> dict[str, list[str]]:
    return refused.errors if isinstance(refused, Invalid) else {"": [refused.message]}
