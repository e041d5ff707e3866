"""The addresses of the municipal office's own pages; those of centres are refused: tenants/office_urls.py."""

from django.urls import include, path

from bancheng.web.views import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", include("bancheng.urls.account")),
    path("", include("bancheng.overview.urls")),
    path("", include("bancheng.overview.city.urls")),
    path("", include("bancheng.overview.index.urls")),
    path("", include("bancheng.bulletins.urls")),
    path("", include("bancheng.precedents.urls")),
    path("api/v1/", include("bancheng.web.api_urls")),
    path("api/v1/", include("bancheng.precedents.api")),
    path("api/v1/", include("bancheng.overview.api")),
    path("api/v1/", include("bancheng.overview.city.api")),
    path("api/v1/", include("bancheng.overview.index.api")),
    path("api/v1/", include("bancheng.overview.indicators.api")),
    path("api/v1/", include("bancheng.bulletins.api")),
    path("api/v1/", include("bancheng.overview.figures_api")),
]
