"""What any open-end certificate does: financing level, stop-loss, settlement, analytics."""
