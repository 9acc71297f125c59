"""Excel in and out: one page for every kind of sheet, and the machinery behind it. It knows no app.

An app says what a sheet of its own means with a subclass of `gullu.excel.resources.ExcelResource` and is named in
`settings.EXCEL_KINDS`.
"""
