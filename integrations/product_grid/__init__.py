"""One model as a grid: colours, sizes, and what can be changed of each barcode at once."""
