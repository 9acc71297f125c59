"""Which campaign held for a line: one of named models before one of all, then the one that began last, then by name."""

from __future__ import annotations

from typing import Final

# The campaigns of each day of `span`, once for each of their models; without models: for all. Campaigns are cut to the
# span first, so that a mistyped year costs nothing.
_HELD: Final = """
    held AS MATERIALIZED (
        SELECT DISTINCT ON (held_day, product_id) held_day, product_id, name
          FROM (SELECT greatest(campaign.first_day, span.first) + number AS held_day, named.product_id, campaign.name,
                       campaign.first_day
                  FROM span
                  JOIN analytics_campaign AS campaign
                    ON campaign.first_day <= span.last AND campaign.last_day >= span.first
                  LEFT JOIN analytics_campaign_products AS named ON named.campaign_id = campaign.id
                 CROSS JOIN generate_series(0, least(campaign.last_day, span.last)
                                               - greatest(campaign.first_day, span.first)) AS number) AS days
         ORDER BY held_day, product_id, first_day DESC, name)
"""
# Joins of `held` to lines {line} with the columns {product} and {day}, and the name they give.
JOINS: Final = """
    LEFT JOIN held AS own ON own.product_id = {line}.{product} AND own.held_day = {line}.{day}
    LEFT JOIN held AS common ON common.product_id IS NULL AND common.held_day = {line}.{day}
"""
NAME: Final = "coalesce(own.name, common.name, '')"


def held_for_orders(condition: str = "") -> str:
    """What stands behind WITH for the days of these orders."""
    # A day more at both ends: the day in Istanbul may be another one than the database's.
    return f"""
        span AS MATERIALIZED (
            SELECT min(ordered_at)::date - 1 AS first, max(ordered_at)::date + 1 AS last
              FROM orders_order {condition}), {_HELD}
    """  # noqa: S608  (names of our own; every value is a parameter)


# Names the campaigns of all lines between two days anew.
FOLLOW_CAMPAIGNS: Final = f"""
    WITH span AS MATERIALIZED (
        SELECT min(day) AS first, max(day) AS last FROM analytics_saleline WHERE day BETWEEN %s AND %s
    ), {_HELD}, named AS (
        SELECT fact.id, {NAME} AS campaign
          FROM analytics_saleline AS fact {JOINS.format(line="fact", product="product_id", day="day")}
         WHERE fact.day BETWEEN %s AND %s)
    UPDATE analytics_saleline AS fact SET campaign = named.campaign
      FROM named WHERE named.id = fact.id AND named.campaign <> fact.campaign
    RETURNING fact.day
"""  # noqa: S608
