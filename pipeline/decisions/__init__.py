"""What people decided about a text: the log of it, how it finds its place again, and what it does to a ledger."""
