"""What becomes of the history of each model: the list a test compares with the models there are.

A model stands in exactly one class, with the reason where it has no history of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# The history is in `gullu.audit.books.books()`: every model with a table of the history is tracked.

# Only ever added to, by a trigger of the database: they are a history themselves.
APPEND_ONLY: Final[Mapping[str, str]] = {
    "gullu.activity": "What people did beside changing records.",
    "inventory.stockmovement": "The ledger of the stock, with actor, reference and reason.",
    "inventory.scanlog": "Every scan with person, time and answer.",
    "orders.orderevent": "The timeline of each order, with actor; a customer's words in it may be erased.",
}
# Rows that carry who and when themselves and are replaced, not changed.
OWN_HISTORY: Final[Mapping[str, str]] = {
    "analytics.commissionimportrow": "The lines of a file with old and new value, kept as its history.",
    "analytics.commissionrate": "Each rate names the file that brought it and the one that ended it.",
    "analytics.ordercommission": "Each amount names the file that brought it and the one that replaced it.",
    "analytics.variantcost": "Written by a trigger from the cost of the barcode, which is tracked.",
    "analytics.insight": "A question with person, answer and cost; never asked again in place.",
    "analytics.insightcall": "Part of a written answer.",
    "analytics.insightround": "Part of a written answer.",
    "gullu.badge": "A badge says when it was given and revoked; giving, revoking and entering are activities.",
    "gullu.jobrun": "A run with person, times, counts and reason; dropped after its time.",
    "gullu.labelrun": "A print with person and time; dropped after its time.",
    "inventory.stockpushbatch": "What was sent, with its answer.",
    "inventory.stockpushitem": "What was sent of a barcode, with its answer.",
    "inventory.stockpushlog": "Who or what sent the stock, and how it ended.",
    "integrations.productwrite": "What was sent of a product, with its answer.",
    "integrations.webhookhook": "A registration at the marketplace; changing it is an activity.",
    "integrations.webhookevent": "What a marketplace sent, as it came.",
}
# Balances and work in hand on the scan pages. A trigger here would be paid at every scan, and say nothing new: what
# was taken, brought and counted stands in the ledger and in the log of scans, with person and time.
BY_THE_LEDGER: Final[Mapping[str, str]] = {
    "inventory.centralstock": "A balance: the sum of the ledger, proved by check_stock.",
    "inventory.rafurun": "A balance: the sum of the ledger, proved by check_stock.",
    "inventory.goodsinline": "Scans of goods in, booked in the ledger with the sheet.",
    "inventory.stockcountline": "Scans of a count, booked in the ledger when it is approved.",
    "inventory.stockdoubt": "Follows from surprises at the shelf and from counts.",
    "orders.pickclaim": "Who has an order in hand at this moment.",
    "orders.pickscan": "Scans of an order in hand, booked in the ledger when it is confirmed.",
    "orders.pickbatch": "A round through the shelves; its orders have their timelines.",
    "orders.pickbatchitem": "Scans of a round, booked in the ledger.",
    "orders.pickbatchorder": "The orders of a round.",
}
# Copies of what a marketplace says; it is asked again, and nobody here changes them.
COPIES: Final[Mapping[str, str]] = {
    "integrations.claimissuereason": "Read from the marketplace.",
    "integrations.marketattribute": "Read from the marketplace.",
    "integrations.marketbrand": "Read from the marketplace.",
    "integrations.marketcategory": "Read from the marketplace.",
    "integrations.marketvalue": "Read from the marketplace.",
    "integrations.settlement": "Read from the marketplace, with the message it came in.",
    "gullu.carrierlabel": "The carrier's label, received and dropped after its time.",
}
# Reckoned from other records; built again at any time with the same result.
DERIVED: Final[Mapping[str, str]] = {
    "analytics.dataversion": "What changed since figures were kept ready.",
    "analytics.factchange": "Notes of what to reckon again.",
    "analytics.factstate": "When the sales figures were built.",
    "analytics.forecastrun": "A run of the forecasts, with person and times.",
    "analytics.forecasttask": "Work of a run.",
    "analytics.modelforecast": "A forecast.",
    "analytics.profitchange": "Notes of what to reckon again.",
    "analytics.profitline": "Profit of a line; its kept cost is tracked.",
    "analytics.profitmonth": "Profit of a month.",
    "analytics.profitstate": "When profit was reckoned.",
    "analytics.saleday": "Sums of sales.",
    "analytics.saleline": "Sales, from the orders.",
    "analytics.variantforecast": "A forecast.",
}
# Positions and counters of the machinery.
TECHNICAL: Final[Mapping[str, str]] = {
    "gullu.alarmstate": "Which alarms hold at this moment.",
    "gullu.barcodeseries": "The last number given; the barcodes are tracked.",
    "gullu.session": "Who is signed in at this moment; signing in and out are activities.",
    "gullu.workerbeat": "Which workers live.",
    "integrations.ratewindow": "Calls lately made against a quota.",
    "integrations.synccursor": "How far a marketplace was read.",
    "integrations.webhookstate": "How far the messages of a marketplace were worked off.",
}
NOT_TRACKED: Final = (APPEND_ONLY, OWN_HISTORY, BY_THE_LEDGER, COPIES, DERIVED, TECHNICAL)

__all__ = [
    "APPEND_ONLY",
    "BY_THE_LEDGER",
    "COPIES",
    "DERIVED",
    "NOT_TRACKED",
    "OWN_HISTORY",
    "TECHNICAL",
]
