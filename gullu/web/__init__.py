"""What every answer of ours carries and what no request of theirs may bring; docs/security.md has the table."""
