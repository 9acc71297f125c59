"""What to make or buy, what is too much and what is missing: advice per barcode with its reason (docs/advice.md)."""
