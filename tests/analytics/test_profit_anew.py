"""What is brought up to date is what would be reckoned anew, whatever changed in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from analytics.facts.services import rebuild_facts
from analytics.models import (
    CargoTariff,
    CommissionImport,
    CommissionRate,
    CostPart,
    CostSheet,
    ExchangeRate,
    OrderCommission,
    ProfitLine,
    ProfitPolicy,
    SaleCost,
)
from analytics.profit.services import rebuild_profit
from catalog.models import Product, Variant
from integrations.models import Settlement
from orders.enums import OrderState
from orders.models import Order, OrderLine, ReturnUnit
from tests.analytics.profitkit import (
    DAY,
    NOON,
    at,
    commission_file,
    make_policy,
    make_tariff,
    refresh,
    sell,
    send_back,
    settle,
)
from tests.factories import make_shelf, make_variant

pytestmark = pytest.mark.django_db


def everything() -> list[dict[str, Any]]:
    return list(ProfitLine.objects.order_by("pk").values())


TODAY = datetime(2025, 3, 20, 9, tzinfo=UTC)


class Shop:
    """Changes at random whatever a profit follows from."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.days = [date(2025, 2, 20) + timedelta(days=number) for number in range(28)]
        self.variants = [make_variant(cost=None if number == 0 else Decimal(150)) for number in range(4)]
        self.numbers = [f"1045000000{number}" for number in range(6)]
        self.source = CommissionImport.objects.create(
            kind="TARIFF", state="APPLIED", file_name="t", digest="t", valid_from=DAY, applied_at=NOON
        )
        make_policy(date(2025, 2, 22))
        make_tariff(valid_from=date(2025, 2, 21))

    def act(self) -> None:
        actions: list[Callable[[], Any]] = [
            self.sell,
            self.sell,
            self.send_back,
            self.move_unit,
            lambda: self._order().update(status=self.dice.choice(OrderState.values)),
            lambda: self._order().update(desi=self.dice.choice([None, 1, 3])),
            lambda: self._order().update(cargo_provider=self.dice.choice(["Aras Kargo", "PTT Kargo"])),
            lambda: self._line().update(commission_rate=self.dice.choice([None, 12, 20])),
            lambda: self._line().update(vat_rate=self.dice.choice([None, 10, 20])),
            lambda: self._line().update(total=self.dice.choice([0, 100, 333])),
            self.settle,
            lambda: Settlement.objects.filter(pk__in=self._some(Settlement)).delete(),
            self.file,
            lambda: OrderCommission.objects.filter(pk__in=self._some(OrderCommission)).delete(),
            self.rate,
            lambda: Product.objects.filter(pk__in=self._some(Product)).update(
                desi=self.dice.choice([1, 2, 3])
            ),
            lambda: Variant.objects.filter(pk__in=self._some(Variant)).update(
                cost=self.dice.choice([None, 7, 90]), cost_currency=self.dice.choice(["TRY", "USD"])
            ),
            self.sheet,
            self.dollar,
            self.policy,
            self.tariff,
            lambda: OrderLine.objects.filter(pk__in=self._some(OrderLine)[:1], settlements=None).delete(),
        ]
        self.dice.choice(actions)()

    def _some(self, model: Any) -> list[int]:
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        return self.dice.sample(keys, min(1, len(keys)))

    def _order(self) -> Any:
        return Order.objects.filter(pk__in=self._some(Order))

    def _line(self) -> Any:
        return OrderLine.objects.filter(pk__in=self._some(OrderLine))

    def _day(self) -> date:
        return self.dice.choice(self.days)

    def sell(self) -> None:
        goods = [
            (self.dice.choice(self.variants), self.dice.randint(1, 3)) for _ in range(self.dice.randint(1, 3))
        ]
        sell(
            *goods,
            rate=self.dice.choice([None, "18", "20"]),
            order_number=self.dice.choice(self.numbers),
            ordered_at=at(self._day()),
        )

    def send_back(self) -> None:
        for line in self._line():
            send_back(line)

    def move_unit(self) -> None:
        units = ReturnUnit.objects.filter(pk__in=self._some(ReturnUnit))
        disposition = self.dice.choice(["", "RESTOCKED", "WRITTEN_OFF"])
        units.update(
            condition=self.dice.choice(["", "SOUND", "DAMAGED", "MISSING"]),
            disposition=disposition,
            shelf=make_shelf() if disposition else None,
        )

    def settle(self) -> None:
        for line in self._line():
            settle(line, str(self.dice.randint(10, 99)), kind=self.dice.choice(["Sale", "Return"]))

    def file(self) -> None:
        for order in self._order().exclude(
            order_number__in=OrderCommission.objects.values_list("order_number", flat=True)
        ):
            commission_file(order, "77.77")

    def rate(self) -> None:
        if CommissionRate.objects.exists():
            CommissionRate.objects.update(rate=self.dice.randint(5, 25))
            return
        CommissionRate.objects.create(
            target="CATEGORY",
            key="topuklu ayakkabi",
            name="x",
            rate=15,
            valid_from=self._day(),
            commission_import=self.source,
        )

    def sheet(self) -> None:
        product = self.dice.choice(self.variants).product
        made, _new = CostSheet.objects.get_or_create(product=product, valid_from=self._day())
        CostPart.objects.create(
            sheet=made,
            kind="SOLE",
            amount=self.dice.randint(1, 40),
            currency=self.dice.choice(["TRY", "USD"]),
        )

    def dollar(self) -> None:
        ExchangeRate.objects.update_or_create(
            currency="USD", day=self._day(), defaults={"rate": self.dice.randint(30, 40)}
        )

    def policy(self) -> None:
        ProfitPolicy.objects.update_or_create(
            valid_from=self._day(),
            defaults={
                "packaging": self.dice.choice([None, 5]),
                "staff": self.dice.choice([None, 900]),
                "service_fee": self.dice.choice([None, 7]),
            },
        )

    def tariff(self) -> None:
        CargoTariff.objects.update_or_create(
            carrier=self.dice.choice(["", "Aras Kargo"]),
            valid_from=self._day(),
            desi_to=self.dice.choice([2, 5]),
            order_below=self.dice.choice([None, 400]),
            defaults={"price": self.dice.randint(20, 90), "return_price": self.dice.choice([None, 50])},
        )


@pytest.mark.parametrize("seed", range(4))
def test_brought_up_to_date_is_what_would_be_reckoned_anew(seed: int) -> None:
    with time_machine.travel(TODAY, tick=False) as clock:
        shop = Shop(seed)
        refresh()
        for step in range(60):
            shop.act()
            if step % 5 == 4:
                refresh()
            if step % 20 == 19:
                clock.shift(timedelta(days=1))
        refresh()
        costs = list(SaleCost.objects.order_by("pk").values())
        found = everything()

        rebuild_facts()
        rebuild_profit()

        assert found == everything()
        assert costs == list(SaleCost.objects.order_by("pk").values())
        assert found
