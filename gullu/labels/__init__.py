"""Labels and papers: what is seen in the preview is what is printed, in real millimetres.

A design lays one label out as a list of elements; the preview, PDF, ZPL and the check before printing all draw
that same list. Nothing here knows products or orders: the apps build the texts and hand them over.
"""
