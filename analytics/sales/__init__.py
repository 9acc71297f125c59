"""The page "Satış Analizi": figures of sales by any two dimensions, down to the order lines behind each number."""
