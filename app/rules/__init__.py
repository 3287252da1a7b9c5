"""Dated facts with their source, as data, and what computes from them alone."""
