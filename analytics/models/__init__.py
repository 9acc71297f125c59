"""Records of the analytics app."""

from analytics.models.commissions import (
    CommissionImport,
    CommissionImportRow,
    CommissionRate,
    OrderCommission,
)
from analytics.models.facts import DataVersion, FactChange, FactState, SaleDay, SaleLine
from analytics.models.forecasts import ForecastRun, ForecastTask, ModelForecast, VariantForecast
from analytics.models.inputs import (
    Campaign,
    CampaignModel,
    CargoTariff,
    CostPart,
    CostSheet,
    ExchangeRate,
    ProfitPolicy,
    VariantCost,
)
from analytics.models.insights import Insight, InsightCall, InsightRound
from analytics.models.planning import PlanningRule, ProductionPlan, ProductionPlanLine
from analytics.models.profit import (
    ProfitChange,
    ProfitLine,
    ProfitMonth,
    ProfitState,
    SaleCost,
)

__all__ = [
    "Campaign",
    "CampaignModel",
    "CargoTariff",
    "CommissionImport",
    "CommissionImportRow",
    "CommissionRate",
    "CostPart",
    "CostSheet",
    "DataVersion",
    "ExchangeRate",
    "FactChange",
    "FactState",
    "ForecastRun",
    "ForecastTask",
    "Insight",
    "InsightCall",
    "InsightRound",
    "ModelForecast",
    "OrderCommission",
    "PlanningRule",
    "ProductionPlan",
    "ProductionPlanLine",
    "ProfitChange",
    "ProfitLine",
    "ProfitMonth",
    "ProfitPolicy",
    "ProfitState",
    "SaleCost",
    "SaleDay",
    "SaleLine",
    "VariantCost",
    "VariantForecast",
]
