"""Plans of production: pairs per size within the capacity of the workshop, saved, worked on and printed."""
