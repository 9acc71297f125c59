"""Whether this shop works: what a proxy, a monitor and staff are told."""
