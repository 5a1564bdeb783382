"""What arrayproto does to whom: tools for people who want to see it."""
