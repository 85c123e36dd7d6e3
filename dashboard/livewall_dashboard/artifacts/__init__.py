"""Uploaded files of whatever owner: rows in Postgres, bytes packed by gzip on the disk.

A file lies where its row says, in a place of its own that is never written to again. A newer file of the same name
lies elsewhere: the row that leads to it is what changes, in one transaction. So row and file are of one upload at any
moment, whoever else uploads, and wherever somebody is killed.
"""
