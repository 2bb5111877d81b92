"""What each legal document declares: parameters, readings, coverage of its sections."""
