"""Records of the analytics app."""

from analytics.models.commissions import (
    CommissionImport,
    CommissionImportRow,
    CommissionRate,
    OrderCommission,
)
from analytics.models.facts import FactChange, FactState, SaleLine
from analytics.models.forecasts import ForecastRun, ForecastTask, ModelForecast, VariantForecast
from analytics.models.inputs import (
    Campaign,
    CargoTariff,
    CostPart,
    CostSheet,
    ExchangeRate,
    ProfitPolicy,
    VariantCost,
)
from analytics.models.insights import Insight, InsightCall
from analytics.models.planning import PlanningRule, ProductionPlan, ProductionPlanLine
from analytics.models.profit import ProfitLine, SaleCost

__all__ = [
    "Campaign",
    "CargoTariff",
    "CommissionImport",
    "CommissionImportRow",
    "CommissionRate",
    "CostPart",
    "CostSheet",
    "ExchangeRate",
    "FactChange",
    "FactState",
    "ForecastRun",
    "ForecastTask",
    "Insight",
    "InsightCall",
    "ModelForecast",
    "OrderCommission",
    "PlanningRule",
    "ProductionPlan",
    "ProductionPlanLine",
    "ProfitLine",
    "ProfitPolicy",
    "SaleCost",
    "SaleLine",
    "VariantCost",
    "VariantForecast",
]
