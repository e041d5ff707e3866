"""The address of a centre's own index, on its host."""

from django.urls import path

from bancheng.overview.index import views

urlpatterns = [path("figures/index/", views.own_index, name="index")]
