"""Questions answered by a language model from our own figures, through typed functions only (docs/insights.md)."""
