"""How each kind of label is laid out. A design gets texts and gives a `Label`; it reads no record."""
