"""Scan pages about orders."""
