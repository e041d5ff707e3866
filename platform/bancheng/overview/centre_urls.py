"""The addresses of a centre's own figures, on its host."""

from django.urls import path

from bancheng.overview.views import exports, figures

urlpatterns = [
    path("figures/", figures.figures, name="figures"),
    path("figures/cells/", figures.figures_cells, name="figures_cells"),
    path("figures/export/", exports.figures_export, name="overview_export"),
]
