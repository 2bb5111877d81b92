"""Tests of files and folders of data."""
