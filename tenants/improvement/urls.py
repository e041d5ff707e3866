"""The addresses of the improvement loop."""

from django.urls import path

from tenants.improvement.views import problems

urlpatterns = [
    path("problems/", problems.problems, name="problems"),
    path("problems/new/", problems.new, name="problem_new"),
    path("problems/propose/", problems.propose, name="problem_propose"),
    path("problems/thresholds/", problems.set_thresholds, name="problem_thresholds"),
    path("problems/thresholds/drop/", problems.drop_threshold, name="problem_threshold_drop"),
    path("problems/<uuid:problem_id>/", problems.problem, name="problem"),
    path("problems/<uuid:problem_id>/act/<str:name>/", problems.act, name="problem_act"),
]
