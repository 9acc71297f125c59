"""The facts of sales (`SaleLine`): what counts as what, and how they are kept up to date."""
