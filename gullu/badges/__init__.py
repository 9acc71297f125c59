"""Badges: a printed code and a PIN let pickers take over a shared device in a few seconds.

A badge opens what the role Depo may do and nothing else: nobody with more rights is given one, and a badge of somebody
who got more rights later no longer signs in.
"""
