"""The back office: base classes, and the admins of people, roles, job runs and the queue."""

import gullu.labels.admin  # noqa: F401  (registers it)
from gullu.admin import jobs, people  # noqa: F401  (registers them)
