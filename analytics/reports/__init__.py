"""One description of a report, three ways to see it: on a page, as PDF, as an Excel workbook."""
