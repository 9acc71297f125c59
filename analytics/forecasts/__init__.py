"""Forecasts made, kept and shown. The arithmetic is `analytics.forecasting`, which knows no database."""
