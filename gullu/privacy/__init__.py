"""How long personal data is kept, and what is done when its time is over (KVKK)."""
