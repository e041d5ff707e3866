"""The figures by the API: months, drill-down, hands, flows, centres; at a centre's host of that one alone."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bancheng.centres.scope import current_centre
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview import cells, flows, marks, patterns, selectors, trend
from bancheng.overview.board import WAYS
from bancheng.overview.indicators.api import ShownSerializer
from bancheng.overview.models import MeasureKind
from bancheng.overview.scope import Scope
from bancheng.overview.scope_forms import CellsForm, ScopeForm, asked_scope
from bancheng.overview.selectors import CentreRow
from bancheng.web.api import PagedView
from bancheng.web.bodies import PAGING, parameters_of
from bancheng.web.http import require_valid

# --- How it is shown ---------------------------------------------------------------------------------


class TrendMonthSerializer(serializers.Serializer[trend.Month]):
    month = serializers.DateField(label="月份首日", source="first")
    registered = serializers.IntegerField(label="登记")
    accepted = serializers.IntegerField(label="受理")
    closed = serializers.IntegerField(label="销号")
    consultations = serializers.IntegerField(label="咨询，不能计的为空", allow_null=True)


class TrendMeasureSerializer(serializers.Serializer[marks.Marked]):
    """A measure that took effect in the period."""

    from_on = serializers.DateField(label="起始日期", source="mark.from_on")
    ended_on = serializers.DateField(label="停止日期", source="mark.ended_on", allow_null=True)
    centre = serializers.CharField(label="中心代码，空为全市", source="mark.centre", allow_blank=True)
    kind = serializers.ChoiceField(label="措施类型", source="mark.kind", choices=MeasureKind.choices)
    item_code = serializers.CharField(label="事项代码", source="mark.item")
    cause_code = serializers.CharField(label="根因代码", source="mark.cause")


class TrendSerializer(serializers.Serializer[Any]):
    months = TrendMonthSerializer(many=True)
    measures = TrendMeasureSerializer(many=True, label="期内起始的措施，最近的至多二十项")


class CellLineSerializer(serializers.Serializer[cells.Line]):
    code = serializers.CharField(label="值；空的一列为其余各项之和", allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    total = serializers.IntegerField(label="合计")


class CellsSerializer(serializers.Serializer[Any]):
    """Counts by two dimensions: one list of counts for each row, in the order of the columns."""

    rows = CellLineSerializer(many=True, label="行")
    columns = CellLineSerializer(many=True, label="列")
    total = serializers.IntegerField(label="总计")
    counts = serializers.ListField(
        label="各行各列的计数", child=serializers.ListField(child=serializers.IntegerField())
    )


class HandsSerializer(serializers.Serializer[patterns.Hands]):
    item_code = serializers.CharField(label="事项代码，空为全部", source="code", allow_blank=True)
    item = serializers.CharField(label="事项", source="label")
    resolved = serializers.IntegerField(label="办结上报")
    days = serializers.DictField(
        label="每件平均在各方手上的工作日，不足5件的不计", child=serializers.FloatField()
    )


class ReferralFlowSerializer(serializers.Serializer[flows.Flow]):
    source_code = serializers.CharField(label="转出单位代码", source="source")
    source_name = serializers.CharField(label="转出单位", source="source_label")
    target_code = serializers.CharField(label="承办单位代码", source="target")
    target_name = serializers.CharField(label="承办单位", source="target_label")
    way = serializers.ChoiceField(label="对方类型", choices=list(WAYS.items()))
    sent = serializers.IntegerField(label="转办")
    under_way = serializers.IntegerField(label="在途")
    answered = serializers.IntegerField(label="已反馈")
    returned = serializers.IntegerField(label="被退回")


class FlowsSerializer(serializers.Serializer[Any]):
    told = serializers.BooleanField(label="所选条件下能否计")
    flows = ReferralFlowSerializer(many=True)


class CentreFiguresSerializer(serializers.Serializer[CentreRow]):
    """A centre's counters of the period, its rates, and how it stands at `summarised_at`."""

    code = serializers.CharField(label="中心代码")
    name = serializers.CharField(label="中心", source="label")
    counts = serializers.DictField(label="期内各项计数", child=serializers.IntegerField())
    consultations = serializers.IntegerField(label="咨询", allow_null=True)
    closing = ShownSerializer()
    on_time = ShownSerializer()
    satisfied = ShownSerializer()
    open = serializers.IntegerField(label="在办", source="figure.open")
    overdue = serializers.IntegerField(label="超期", source="figure.overdue")
    no_owner = serializers.IntegerField(label="无承办", source="figure.no_owner")
    no_reply = serializers.IntegerField(label="无答复", source="figure.no_reply")
    summarised_at = serializers.DateTimeField(
        label="数据截至", source="figure.summarised_at", allow_null=True
    )
    suspended = serializers.BooleanField(label="已停用")


# --- Views -------------------------------------------------------------------------------------------


class FiguresView(PagedView):
    """One part of the figures: `find` says what, for the scope that the address asks for."""

    name: ClassVar[str]
    summary: ClassVar[str]
    answer: ClassVar[type[serializers.Serializer[Any]]]
    many: ClassVar[bool] = False
    more: ClassVar[tuple[type[forms.Form], ...]] = ()
    """Forms whose fields the address may have as well."""
    own: ClassVar[bool] = False

    def get(self, request: Request) -> Response:
        require(actor_of(request), "figures.view" if self.own else "overview.view")
        centre = current_centre().code if self.own else ""
        known = {name for form in self.more for name in form.base_fields}
        scope = asked_scope(request.query_params, centre, known | (PAGING if self.many else set()))
        return self.found(scope, request.query_params, centre)

    def found(self, scope: Scope, query: Mapping[str, Any], centre: str) -> Response:
        raise NotImplementedError


class TrendView(FiguresView):
    name, answer = "months", TrendSerializer
    summary = "逐月登记、受理、销号、咨询，和期内起始的措施"

    def found(self, scope: Scope, query: Mapping[str, Any], centre: str) -> Response:
        shown = {"months": trend.months(scope), "measures": marks.marked(scope)}
        return Response(TrendSerializer(shown).data)


class CellsView(FiguresView):
    name, answer, more = "cells", CellsSerializer, (CellsForm,)
    summary = "按两个维度交叉计数，只有件数，没有反映件"

    def found(self, scope: Scope, query: Mapping[str, Any], centre: str) -> Response:
        form = CellsForm(query, centre=centre)
        require_valid(form)
        table = cells.cells(scope, **form.chosen())
        shown = {
            "rows": table.rows,
            "columns": table.columns,
            "total": table.total,
            "counts": [[table.cell(row, column) for column in table.columns] for row in table.rows],
        }
        return Response(CellsSerializer(shown).data)


class HandsView(FiguresView):
    name, answer, many = "hands", HandsSerializer, True
    summary = "办结上报的反映件，每件平均在谁手上多少工作日：全部，再按事项"

    def found(self, scope: Scope, query: Mapping[str, Any], centre: str) -> Response:
        found = patterns.patterns(scope)
        rows: Any = [patterns.hands(row) for row in (found.all, *found.resolved)]
        return self.paged(rows, HandsSerializer)


class FlowsView(FiguresView):
    name, answer = "flows", FlowsSerializer
    summary = "谁转给谁：期内送出的转办，件数多的在前"

    def found(self, scope: Scope, query: Mapping[str, Any], centre: str) -> Response:
        found = flows.flows(scope)
        return Response(FlowsSerializer({"told": found is not None, "flows": found or []}).data)


class CentresForm(forms.Form):
    """Which centres, and in which order."""

    q = forms.CharField(label="中心名称的一部分，或代码", required=False, max_length=30)
    sort = forms.ChoiceField(
        label="按哪一项由多到少，缺省为名册次序",
        required=False,
        choices=[(name, name) for name in selectors.SORTS],
    )


class CentresView(FiguresView):
    name, answer, many, more = "centres", CentreFiguresSerializer, True, (CentresForm,)
    summary = "各中心的计数、比率和现况，按名册次序"

    def found(self, scope: Scope, query: Mapping[str, Any], centre: str) -> Response:
        form = CentresForm(query)
        require_valid(form)
        known = selectors.registered(scope)
        codes: Any = selectors.ordered(
            scope, known, search=form.cleaned_data["q"], sort=form.cleaned_data["sort"]
        )
        return self.paged(
            codes, CentreFiguresSerializer, lambda page: selectors.centres(scope, page, known=known)
        )


def _addresses(*views: type[FiguresView], own: bool) -> list[URLPattern]:
    """The views at a centre's host (`own`) or at the office's, each described for where it stands."""
    addresses = []
    for view in views:
        asked: list[type[forms.Form]] = [ScopeForm, *view.more]
        parameters = [each for form in asked for each in parameters_of(form)]
        describe = extend_schema(
            operation_id=f"figures_{view.name}",
            summary=view.summary,
            parameters=[each for each in parameters if not own or each.name != "centre"],
            responses=view.answer(many=view.many),
        )
        here: type[FiguresView] = type(view.__name__, (view,), {"own": own})
        shown = extend_schema_view(get=describe)(here).as_view()
        addresses.append(path(f"figures/{view.name}/", shown, name=f"api-figures-{view.name}"))
    return addresses


urlpatterns = _addresses(TrendView, CellsView, HandsView, FlowsView, CentresView, own=False)
own_urlpatterns = _addresses(TrendView, CellsView, HandsView, FlowsView, own=True)
