"""The back office: base classes, and the admins of people, roles, job runs and the queue."""

from gullu.admin import jobs, people  # noqa: F401  (registers them)
