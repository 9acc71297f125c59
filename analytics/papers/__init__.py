"""Papers about the goods for people outside and inside: catalogue, price list, and sizes with their stock.

A paper is chosen on a page, made by the worker page by page into one file, and fetched when it is ready.
"""
