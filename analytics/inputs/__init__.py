"""What people enter for the profit: costs by parts, tariffs, exchange rates, campaigns, the shop's own figures."""
