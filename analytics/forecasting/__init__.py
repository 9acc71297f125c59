"""What will be sold in the next weeks, per barcode: numbers in, numbers out, no database (docs/forecasting.md)."""
