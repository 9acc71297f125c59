"""Pictures of the catalogue: taken, kept in order, and served to everybody who asks for them by their exact name."""
