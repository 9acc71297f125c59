from inventory.models.counts import CountTask, StockCount, StockCountLine, StockDoubt
from inventory.models.goods_in import GoodsIn, GoodsInLine
from inventory.models.pushes import StockPushBatch, StockPushItem, StockPushLog
from inventory.models.scans import ScanLog
from inventory.models.stock import CentralStock, RafUrun, Shelf, StockMovement, StockPolicy

__all__ = [
    "CentralStock",
    "CountTask",
    "GoodsIn",
    "GoodsInLine",
    "RafUrun",
    "ScanLog",
    "Shelf",
    "StockCount",
    "StockCountLine",
    "StockDoubt",
    "StockMovement",
    "StockPolicy",
    "StockPushBatch",
    "StockPushItem",
    "StockPushLog",
]
