"""What the office does to an order beside picking and cancelling: invoice, carrier, boxes, extra time.

Each service writes what we know here and a message for the marketplace in one transaction; an order no marketplace
knows is simply changed. `request` is the key of the form that asked: sending the form twice asks once.
"""

from orders.services.desk.carriers import change_carrier
from orders.services.desk.invoicing import InvoiceKept, keep_invoice
from orders.services.desk.parcels import ask_extra_time, report_boxes

__all__ = ["InvoiceKept", "ask_extra_time", "change_carrier", "keep_invoice", "report_boxes"]
