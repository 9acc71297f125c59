"""Listing our models on marketplaces, whichever they are: what is shown, what is checked, what is asked."""
