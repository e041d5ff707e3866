"""The addresses of the city's problems, on the municipal office's host."""

from django.urls import path

from bancheng.overview.city import views

urlpatterns = [
    path("city-problems/", views.city_problems, name="city_problems"),
    path("city-problems/patterns/", views.patterns, name="city_patterns"),
    path("city-problems/take-up/", views.take_up, name="city_problem_take_up"),
    path("city-problems/<uuid:city_problem_id>/", views.city_problem, name="city_problem"),
    path(
        "city-problems/<uuid:city_problem_id>/<slug:name>/", views.city_problem_act, name="city_problem_act"
    ),
]
