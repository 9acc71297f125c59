"""A report as the answer to a request: a file to keep."""

from __future__ import annotations

from collections.abc import Sized
from typing import Final, Literal

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from analytics.reports.excel import report_workbook
from analytics.reports.pdf import report_pdf
from analytics.reports.report import Report
from gullu.audit.exports import counted

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"


def pdf_answer(report: Report, *, may_see_money: bool) -> HttpResponse:
    """The report as `<name>-2026-11-21.pdf`, opened in the browser, from where it is printed."""
    content = report_pdf(report, may_see_money=may_see_money)
    return _counted(file_answer(content, name=report.name, ending="pdf"), report)


def excel_answer(report: Report, *, may_see_money: bool) -> HttpResponse:
    """The report as `<name>-2026-11-21.xlsx`, to be kept."""
    content = report_workbook(report, may_see_money=may_see_money)
    return _counted(file_answer(content, name=report.name, ending="xlsx"), report)


def _counted(response: HttpResponse, report: Report) -> HttpResponse:
    return counted(response, sum(len(table.rows) for table in report.tables if isinstance(table.rows, Sized)))


def file_answer(content: bytes, *, name: str, ending: Literal["pdf", "xlsx"]) -> HttpResponse:
    """A file named by what it is and the day: a PDF is shown by the browser, a workbook is kept."""
    full_name = f"{name}-{timezone.localdate().isoformat()}.{ending}"
    disposition = content_disposition_header(as_attachment=ending == "xlsx", filename=full_name)
    kind = PDF if ending == "pdf" else XLSX
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


__all__ = ["PDF", "XLSX", "excel_answer", "file_answer", "pdf_answer"]
