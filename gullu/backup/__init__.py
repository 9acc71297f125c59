"""Backups of the whole shop, their restoration, and the drill that proves it.

* `services.back_up`: one consistent archive in BACKUP_DIR, checked before it gets its name.
* `restoring.restore`: an archive into an empty place.
* `drill.drill`: the newest archive restored beside the live system, compared, and thrown away.
"""
