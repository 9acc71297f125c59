"""What people did, beside the history of the records themselves."""
