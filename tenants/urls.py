"""The addresses of a centre."""

from django.urls import URLPattern, URLResolver, include, path

from bancheng.web.views import handler400, handler403, handler404, handler500
from tenants.workbook.workbench import workbench

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", workbench, name="workbench"),
    path("", include("bancheng.urls.account")),
    path("api/v1/", include("tenants.api")),
    path("", include("tenants.matters.urls")),
    path("", include("tenants.notices.urls")),
    path("", include("tenants.casework.urls")),
    path("", include("tenants.coordination.urls")),
    path("", include("tenants.replies.urls")),
    path("", include("tenants.referrals.urls")),
    path("", include("tenants.improvement.urls")),
    path("", include("tenants.improvement.drafting.urls")),
    path("", include("bancheng.precedents.urls")),
    path("", include("tenants.workbook.urls")),
    path("", include("bancheng.overview.centre_urls")),
    path("", include("bancheng.overview.index.centre_urls")),
]
