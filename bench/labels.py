"""1,000 product labels as one PDF, beside a bare ReportLab page with the same rectangles and words.

    python bench/labels.py [--labels 1000]

Both are measured in the same run, so that the ratio does not depend on the machine. Memory is the growth of the
process while the file is streamed away, for a tenth of the labels and for all of them.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gullu.settings_test")

import django

django.setup()

from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from catalog.barcodes import ean13_check_digit  # noqa: E402
from gullu.labels.defaults import DEFAULTS  # noqa: E402
from gullu.labels.designs.product import ProductText, product_label  # noqa: E402
from gullu.labels.designs.spec import Design  # noqa: E402
from gullu.labels.elements import Label  # noqa: E402
from gullu.labels.paper import Page  # noqa: E402
from gullu.labels.pdf import stream_pdf  # noqa: E402
from gullu.labels.printing import Job, check_job, pages_of  # noqa: E402
from gullu.labels.services import template_of  # noqa: E402
from gullu.labels.symbols import runs  # noqa: E402
from gullu.labels.typeface import BOLD, REGULAR, pdf_font  # noqa: E402

COLOURS = ("Siyah", "Beyaz", "Ekru", "Koyu Kahverengi Süet", "Şampanya", "Gümüş", "Yeşil İpek")


def barcode(number: int) -> str:
    first = f"869{number:09d}"
    return first + ean13_check_digit(first)


def build(keys: Sequence[int], design: Design) -> Mapping[int, list[Label]]:
    return {
        key: [
            product_label(
                ProductText(
                    barcode=barcode(key),
                    model=f"0{key % 400:03d}",
                    colour=COLOURS[key % 7],
                    size=str(35 + key % 7),
                ),
                design,
            )
        ]
        for key in keys
    }


def rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def floor(pages: list[Page]) -> float:
    """Seconds of a plain ReportLab file with the same rectangles and words, one canvas call each."""
    for name in (REGULAR, BOLD):
        pdf_font(name)
    started = time.perf_counter()
    canvas = Canvas(io.BytesIO(), pageCompression=1)
    for page in pages:
        for placed in page.labels:
            for text in placed.label.texts:
                canvas.setFont(text.font, text.pt)
                canvas.drawString(text.x, text.baseline, text.text)
            for bars in placed.label.bars:
                for x, y, length in runs(bars.symbol):
                    canvas.rect(x, y, length, 1, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return time.perf_counter() - started


def drain(chunks: Iterator[bytes]) -> tuple[int, float]:
    """Bytes, and seconds until the first of them."""
    started, first, size = time.perf_counter(), 0.0, 0
    for chunk in chunks:
        first = first or time.perf_counter() - started
        size += len(chunk)
    return size, first


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1000)
    count = parser.parse_args(arguments).labels
    design = template_of(DEFAULTS[0]).design()

    def job(labels: int, offset: int) -> Job:
        return Job(design, tuple((offset + number, 1) for number in range(labels)), build)

    drain(stream_pdf(pages_of(job(count // 10, 10**6)), title="warm"))
    small = rss_mb()
    started = time.perf_counter()
    check = check_job(job(count, 0))
    checked = time.perf_counter()
    size, first = drain(stream_pdf(pages_of(job(count, 0)), title="bench"))
    done = time.perf_counter()
    large = rss_mb()
    bare = floor(list(pages_of(job(count, 0))))
    total = done - started
    print(f"labels              {check.labels} on {check.pages} pages, refused {len(check.refused)}")
    print(f"check               {checked - started:6.2f} s")
    print(
        f"PDF                 {done - checked:6.2f} s, {size / 1024:.0f} KiB, first bytes after {first * 1000:.0f} ms"
    )
    print(f"check and PDF       {total:6.2f} s (aim: 5 s for 1,000)")
    print(
        f"bare ReportLab      {bare:6.2f} s; ratio {total / bare:.2f}, PDF alone {(done - checked) / bare:.2f}"
    )
    print(f"memory              {small:.0f} MB after a tenth, {large:.0f} MB after all")


if __name__ == "__main__":
    main(sys.argv[1:])
