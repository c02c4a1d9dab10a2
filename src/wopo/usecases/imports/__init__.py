"""Importing: files of CSV and UBL, taken in by one command and one commit."""
