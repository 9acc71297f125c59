"""The warehouse's scan pages: what all of them share, and the pages about stock."""
