"""What pytest does not look into: a program for a Windows Python."""

collect_ignore = ["wine_client.py"]
