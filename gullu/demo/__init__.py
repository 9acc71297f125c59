"""The demo shop: an invented footwear seller of the real size, made from one seed, and the way to run it.

`catalogue`, `days`, `people`, `demand`, `warehouse`, `returns` and `history` are pure: no database, no clock, no
set is iterated and no function of the machine's maths library is used, so one seed and one `now` give the same
shop everywhere. `load` writes it here, `sandbox_seed` describes what the practice Trendyol holds.
"""
