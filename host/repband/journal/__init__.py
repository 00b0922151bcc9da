"""What is kept: raw recordings (MCAP) that survive a crash, and the history (SQLite)."""
