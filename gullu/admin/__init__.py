"""The back office: base classes, and the admins of people, roles, job runs and the queue."""

import gullu.alarms.admin
import gullu.audit.admin
import gullu.labels.admin  # noqa: F401  (registers it)
from gullu.admin import jobs, people  # noqa: F401  (registers them)
from gullu.web.skin import mend

mend()
