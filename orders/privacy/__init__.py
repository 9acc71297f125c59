"""Customers' data in orders, returns and exchanges: what it is, how it is emptied, handed out and erased (KVKK)."""
