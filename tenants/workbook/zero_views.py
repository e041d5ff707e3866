"""零报告 of the served centre: its months, and the report of one that had nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bancheng.errors import Refused
from bancheng.identity.permissions import allowed
from bancheng.identity.requests import actor_of
from bancheng.overview.index import months
from bancheng.overview.index.forms import ZeroReportForm
from bancheng.web.http import require_valid, tell
from tenants.workbook import zero


@require_http_methods(["GET", "HEAD", "POST"])
def zero_reports(request: HttpRequest) -> HttpResponse:
    """Twelve months that are over, and what is owed; a lead files by POST."""
    actor = actor_of(request)
    form, status = ZeroReportForm(), 200
    cells = zero.cells(actor)
    if request.method == "POST":
        form = ZeroReportForm(request.POST)
        try:
            require_valid(form)
            report = zero.file_zero_report(actor=actor, **form.cleaned_data)
        except Refused as refused:
            if not form.errors:
                tell(form, refused)
            status = refused.status
        else:
            messages.success(request, f"{months.word(report.month)}零报告已报送。")
            return redirect("zero_reports")
    context = {
        "form": form,
        "cells": cells,
        "owed": [cell for cell in cells if cell.owed],
        "may_file": allowed(actor, zero.PERMISSION),
    }
    return render(request, "workbook/zero_reports.html", context, status=status)
