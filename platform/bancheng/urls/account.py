"""The addresses of an account, the same on every host that has accounts."""

from django.urls import path

from bancheng.identity.api import TokenView
from bancheng.identity.views import LoginView, LogoutView, PasswordView

urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", PasswordView.as_view(), name="password"),
    path("api/v1/token/", TokenView.as_view(), name="api-token"),
]
