"""零报告 of the served centre by the API."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.requests import actor_of
from bancheng.overview.index.api import ZeroCellSerializer
from bancheng.overview.index.forms import ZeroReportForm
from bancheng.web.bodies import filled
from bancheng.web.openapi import body_of
from tenants.workbook import zero


class OwnZeroReportsView(APIView):
    @extend_schema(
        operation_id="own_zero_reports",
        summary="本中心近十二个月的零报告，新的在前",
        responses=ZeroCellSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        found: Any = zero.cells(actor_of(request))
        return Response(ZeroCellSerializer(found, many=True).data)

    @extend_schema(
        operation_id="zero_report_file",
        summary="报送一个月的零报告",
        request=body_of(ZeroReportForm),
        responses={201: ZeroCellSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        zero.require_filer(actor)
        form = filled(ZeroReportForm, request.data)
        report = zero.file_zero_report(actor=actor, **form.cleaned_data)
        shown = next(cell for cell in zero.cells(actor) if cell.month == report.month)
        return Response(ZeroCellSerializer(shown).data, status=201)


urlpatterns = [path("zero-reports/", OwnZeroReportsView.as_view(), name="api-zero-reports")]
