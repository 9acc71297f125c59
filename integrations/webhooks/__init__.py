"""Events a marketplace sends: the door, the events kept, their processing, and the webhooks registered there."""
