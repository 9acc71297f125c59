"""What every admin page of the shop has: Turkish-insensitive search, hidden money, and refusals as messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminTextInputWidget

from gullu.audit.object_history import ShowsHistory
from gullu.errors import DomainError
from gullu.forms import TurkishDecimalField
from gullu.models import User
from gullu.money import format_number
from gullu.roles import VIEW_MONEY
from gullu.text import fold

# More reasons than this in one answer are not read; the rest is counted.
MOST_REASONS_SHOWN = 10
# What of a row is told by lists and links anyway: its key, days, and yes or no.
_OPEN_FIELDS = (models.AutoField, models.DateField, models.BooleanField)


def who(request: HttpRequest) -> User:
    """The person behind the request; admin pages have already sent strangers to the sign-in."""
    return cast("User", request.user)


def wide_text(text: str, *, most: int = 140) -> str:
    """A sentence in a list's column: cut, and wide enough to be read; a dash when there is none."""
    return format_html('<span class="g-wide">{}</span>', Truncator(text).chars(most)) if text else "—"


def seconds_words(seconds: float | None) -> str:
    """`1.25` → `1,3 s`; a dash while it is not known."""
    return "—" if seconds is None else _("%(seconds)s s") % {"seconds": format_number(seconds, places=1)}


class ShopChangeList(ChangeList):
    """The header says "n results" only where something was searched or filtered."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class ShopAdmin(ShowsHistory, ModelAdmin):
    """Base of all our admins.

    `folded_search`: lookups compared with the folded search key; `plain_search`: with the word as typed. Every word
    must be found in one of them. `money_names`: columns and fields shown only with the right to see amounts.
    """

    folded_search: ClassVar[Sequence[str]] = ()
    plain_search: ClassVar[Sequence[str]] = ()
    money_names: ClassVar[frozenset[str]] = frozenset()
    show_full_result_count = False
    list_per_page = 50
    list_filter_sheet = True
    list_disable_select_all = True
    formfield_overrides: ClassVar[dict[type[models.Field[Any, Any]], dict[str, Any]]] = {
        models.DecimalField: {"form_class": TurkishDecimalField, "widget": UnfoldAdminTextInputWidget}
    }

    def __init__(self, model: type[models.Model], admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        # Django shows the search box, and allows autocompletion, where this is not empty.
        self.search_fields = [*self.folded_search, *self.plain_search]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ShopChangeList]:
        return ShopChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # A list without a search box ignores a term typed into the address.
        for word in search_term.split() if self.search_fields else ():
            queryset = queryset.filter(self._word(word))
        return queryset, False

    def _word(self, word: str) -> Q:
        folded = [Q(**{f"{name}__contains": fold(word)}) for name in self.folded_search]
        plain = [Q(**{f"{name}__icontains": word}) for name in self.plain_search]
        return reduce(or_, [*folded, *plain])

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Texts and numbers may be asked for in the address only where the list shows them or filters by them.

        Django lets everybody ask for every column of the table itself, and so read masked phone numbers and hidden
        amounts one character at a time, by what is found.
        """
        allowed = bool(super().lookup_allowed(lookup, value, request))
        return allowed and (request is None or self._may_ask(lookup, request))

    def _may_ask(self, lookup: str, request: HttpRequest) -> bool:
        name, _sep, rest = lookup.partition(LOOKUP_SEP)
        if rest.endswith("regex"):  # one that is none is an error of the database, an evil one never ends
            return False
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:  # the parameter of a filter
            return True
        if field.is_relation or isinstance(field, _OPEN_FIELDS) or getattr(field, "choices", None):
            return True
        return name in self._filtered_by(request) or name in self.get_list_display(request)

    def _filtered_by(self, request: HttpRequest) -> set[Any]:
        entries = self.get_list_filter(request)
        named = (entry[0] if isinstance(entry, (list, tuple)) else entry for entry in entries)
        return {getattr(one, "parameter_name", one) for one in named}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.without_money(request, super().get_list_display(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fieldsets = super().get_fieldsets(request, obj)
        trimmed = [
            (name, {**options, "fields": self.without_money(request, options["fields"])})
            for name, options in fieldsets
        ]
        return [(name, options) for name, options in trimmed if options["fields"]]

    def without_money(self, request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        """The names this person may see; nested rows of a fieldset are kept as rows."""
        if not self.money_names or request.user.has_perm(VIEW_MONEY):
            return list(names)
        rows = (
            tuple(part for part in name if part not in self.money_names)
            if isinstance(name, (list, tuple))
            else name
            for name in names
        )
        return [row for row in rows if row and row not in self.money_names]

    def carry_out(
        self, request: HttpRequest, rows: Iterable[models.Model], act: Callable[[models.Model], object]
    ) -> int:
        """Call `act` for each row; say how many were done, and for each refused one why. Returns the number done."""
        done, refused = 0, []
        for row in rows:
            try:
                act(row)
            except DomainError as error:
                refused.append(f"{row}: {error.message}")
            else:
                done += 1
        self._report(request, done, refused)
        return done

    def _report(self, request: HttpRequest, done: int, refused: list[str]) -> None:
        if done:
            text = ngettext("%(count)s row done.", "%(count)s rows done.", done)
            messages.success(request, text % {"count": done})
        for reason in refused[:MOST_REASONS_SHOWN]:
            messages.error(request, reason)
        if len(refused) > MOST_REASONS_SHOWN:
            rest = len(refused) - MOST_REASONS_SHOWN
            messages.error(request, _("%(count)s more were refused.") % {"count": rest})


class ReadOnlyAdmin(ShopAdmin):
    """For ledgers, balances, logs and everything a marketplace owns: to be looked at, also by a superuser."""

    actions: ClassVar[Sequence[Any]] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EndlessAdmin(ReadOnlyAdmin):
    """A read-only list of a table that only grows."""

    # Previous and next without a count: counting the whole ledger would cost more than the page itself.
    paginator = InfinitePaginator
