"""Periodic jobs: thin tasks that call the features' verbs."""

from __future__ import annotations
