"""Asking for a paper, making it in the worker, and clearing away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django_q.models import OrmQ

from analytics.papers.errors import LogoUnreadable, NothingChosen, TooManyEntries
from analytics.papers.kinds import Order, PaperKind, Quality
from analytics.papers.options import PaperOptions
from analytics.papers.services import (
    MOST_ENTRIES,
    ask_paper,
    checked_logo,
    keep_logo,
    make_paper,
    paper_state,
    prune_papers,
)
from gullu.env_shop import ShopCard
from gullu.models import JobRun
from gullu.picture_errors import PictureRefused
from tests.analytics.papers.kit import add_picture, images_mm, make_goods, page_texts, picture, run_queue
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def options(**fields) -> PaperOptions:
    return PaperOptions(**{"kind": PaperKind.CATALOGUE, "cover": False, **fields})


def make(keys, chosen: PaperOptions | None = None, *, user=None, paper: str = "p1"):
    return make_paper(
        paper=paper, options=chosen or options(), keys=keys, trigger=JobRun.Trigger.STAFF, actor=user
    )


def test_paper_that_was_asked_for_is_made_by_the_worker() -> None:
    user = make_superuser()
    first, second = make_goods("A-1"), make_goods("B-2")
    add_picture(first, "Siyah", picture())

    paper = ask_paper(options=options(), keys=[(second.pk, "Siyah"), (first.pk, "Siyah")], user=user)
    before = paper_state(paper=paper, user=user)
    run_queue()
    state = paper_state(paper=paper, user=user)

    assert (before.state, before.counts) == ("WAITING", {})
    assert (state.state, state.ready, state.run.actor, state.run.trigger) == ("DONE", True, user, "STAFF")
    with default_storage.open(state.counts["file"]) as file:
        content = file.read()
    (text,) = page_texts(content)
    assert text.index("A-1") < text.index("B-2")
    wanted = {"paper": paper, "money": False, "stock": False, "of": 2, "entries": 2, "pages": 1}
    wanted |= {"without_picture": 1, "unreadable": 0, "coarse": 0, "bytes": len(content)}
    assert {name: state.counts[name] for name in wanted} == wanted
    assert state.counts["name"].endswith(".pdf")


def test_options_come_out_of_the_queue_as_they_went_in() -> None:
    user = make_user()
    chosen = options(
        kind=PaperKind.PRICE_LIST,
        per_page=9,
        quality=Quality.SCREEN,
        order=Order.NEWEST,
        with_stock=True,
        title="Şık",
        contact="a\nb",
        colour="#00ff00",
        logo="papers/x.jpg",
    )

    ask_paper(options=chosen, keys=[(1, "Siyah")], user=user)

    kwargs = OrmQ.objects.get().task["kwargs"]
    assert PaperOptions.from_dict(kwargs["options"]) == chosen
    assert (kwargs["keys"], kwargs["actor_id"], kwargs["trigger"]) == ([[1, "Siyah"]], user.pk, "STAFF")


def test_empty_and_endless_choices_are_refused_before_they_are_queued() -> None:
    user = make_user()

    with pytest.raises(NothingChosen):
        ask_paper(options=options(), keys=[], user=user)
    with pytest.raises(TooManyEntries) as caught:
        ask_paper(options=options(), keys=[(1, str(n)) for n in range(MOST_ENTRIES + 1)], user=user)

    assert caught.value.data == {"count": MOST_ENTRIES + 1, "most": MOST_ENTRIES}
    assert OrmQ.objects.count() == 0


def test_models_that_are_gone_fail_with_a_sentence() -> None:
    user = make_user()

    with pytest.raises(NothingChosen):
        make([(0, "Siyah")], user=user)

    state = paper_state(paper="p1", user=user)
    assert (state.state, state.run.error) == ("FAILED", NothingChosen().message)


def test_paper_belongs_to_the_person_who_asked() -> None:
    owner, other = make_user(), make_user()
    make([(make_goods("A-1").pk, "Siyah")], user=owner)

    assert [paper_state(paper="p1", user=user).state for user in (owner, other)] == ["DONE", "WAITING"]
    assert paper_state(paper="p2", user=owner).state == "WAITING"


def test_second_try_of_the_queue_writes_the_same_file_again() -> None:
    user = make_user()
    keys = [(make_goods("A-1").pk, "Siyah")]

    files = [make(keys, user=user) and paper_state(paper="p1", user=user).counts["file"] for _try in range(2)]

    assert files[0] == files[1]
    folder = files[0].rpartition("/")[0]
    assert default_storage.listdir(folder)[1] == ["p1.pdf"]


def test_progress_is_on_the_run_while_it_goes_on(monkeypatch) -> None:
    user = make_user()
    keys = [(make_goods(f"A-{number}").pk, "Siyah") for number in range(5)]
    seen: list[int] = []
    save = JobRun.save

    def watched(self, *args, **kwargs):
        save(self, *args, **kwargs)
        seen.append(paper_state(paper="p1", user=user).counts.get("entries", -1))

    monkeypatch.setattr("gullu.jobs.PROGRESS_SECONDS", 0)
    monkeypatch.setattr(JobRun, "save", watched)
    make(keys, user=user)

    # Made, at the beginning, after each page, after the last one, at the end.
    assert seen == [-1, 0, 4, 5, 5, 5]


def test_statements_do_not_grow_with_the_entries(
    django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gullu.jobs.PROGRESS_SECONDS", 60)
    products = [make_goods(f"A-{number}") for number in range(20)]
    make([(products[0].pk, "Siyah")])

    for part in (products[:1], products):
        # The time (at both ends), lost runs, the run, its beginning, entries, pictures, its end.
        with django_assert_num_queries(8):
            make([(product.pk, "Siyah") for product in part])


def test_files_of_past_days_are_removed_with_the_next_paper() -> None:
    for day in ("2026-11-16", "2026-11-17", "2026-11-20"):
        default_storage.save(f"papers/{day}/x.pdf", ContentFile(b"x"))
    default_storage.save("returns/2026-11-01/photo.jpg", ContentFile(b"x"))

    assert prune_papers(now=NOW) == 1
    assert prune_papers(now=NOW) == 0
    assert prune_papers(now=NOW + timedelta(days=1)) == 1

    left = [name for name in ("16", "17", "20") if default_storage.exists(f"papers/2026-11-{name}/x.pdf")]
    assert (left, default_storage.exists("returns/2026-11-01/photo.jpg")) == (["20"], True)


# --- logo -----------------------------------------------------------------------------------------------------------


def test_uploaded_logo_is_checked_and_printed() -> None:
    content = checked_logo(SimpleUploadedFile("logo.png", picture(400, 200, form="PNG"), "image/png"))
    name = keep_logo(content, now=NOW)
    user = make_user()

    make([(make_goods("A-1").pk, "Siyah")], options(logo=name), user=user)

    with default_storage.open(paper_state(paper="p1", user=user).counts["file"]) as file:
        assert images_mm(file.read())[0][1] == (400, 200)
    assert name.startswith("papers/2026-11-20/")


def test_logo_that_is_no_picture_is_refused() -> None:
    with pytest.raises(PictureRefused):
        checked_logo(SimpleUploadedFile("logo.svg", b"<svg onload='x'/>", "image/svg+xml"))


def shop_with_logo(path) -> ShopCard:
    return ShopCard(name="Güllü", slogan="", contact=(), colour="#b0134a", logo=path)


def test_the_shops_own_logo_is_used_where_none_was_uploaded(settings, tmp_path) -> None:
    path = tmp_path / "logo.jpg"
    path.write_bytes(picture(300, 100))
    settings.SHOP = shop_with_logo(path)
    user = make_user()

    make([(make_goods("A-1").pk, "Siyah")], user=user)

    with default_storage.open(paper_state(paper="p1", user=user).counts["file"]) as file:
        assert images_mm(file.read())[0][1] == (300, 100)


def test_logo_that_is_missing_is_named(settings, tmp_path) -> None:
    settings.SHOP = shop_with_logo(tmp_path / "nowhere.jpg")

    with pytest.raises(LogoUnreadable) as caught:
        make([(make_goods("A-1").pk, "Siyah")])

    assert str(tmp_path / "nowhere.jpg") in caught.value.message
