"""What was earned: the profit of every sold line, its parts, and what is missing to know it (docs/profit.md)."""
