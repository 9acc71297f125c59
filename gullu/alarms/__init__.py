"""What somebody must look at now: on the home page, and by mail."""
