"""A central bank on this machine: answers over HTTP what a test tells it to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="isokur.xsl"?>
<Tarih_Date Tarih="{day:%d.%m.%Y}" Date="{day:%m/%d/%Y}" Bulten_No="{day:%Y}/220">
  <Currency CrossOrder="0" Kod="USD" CurrencyCode="USD">
    <Unit>1</Unit><Isim>ABD DOLARI</Isim><CurrencyName>US DOLLAR</CurrencyName>
    <ForexBuying>41.0000</ForexBuying><ForexSelling>{rate}</ForexSelling>
    <BanknoteBuying>40.9</BanknoteBuying><BanknoteSelling>43.9</BanknoteSelling>
  </Currency>
  <Currency CrossOrder="9" Kod="EUR" CurrencyCode="EUR">
    <Unit>1</Unit><ForexBuying>48.1</ForexBuying><ForexSelling>48.2</ForexSelling>
  </Currency>
</Tarih_Date>
"""
BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>
<Tarih_Date Tarih="20.11.2026"><Currency CurrencyCode="USD"><Unit>1</Unit><ForexSelling>&c;</ForexSelling></Currency>
</Tarih_Date>
"""


def daily(day: date, rate: str) -> bytes:
    """The bank's file of a day."""
    return FILE.format(day=day, rate=rate).encode()


@dataclass(slots=True)
class StubBank:
    """`answers` by path: (status, body); everything else is 404. `asked` are the paths in their order."""

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    delay: float = 0.0

    def publish(self, day: date, rate: str, *, latest: bool = False) -> None:
        self.answers[path_of(day)] = (200, daily(day, rate))
        if latest:
            self.answers["/kurlar/today.xml"] = (200, daily(day, rate))


def path_of(day: date) -> str:
    return f"/kurlar/{day:%Y%m}/{day:%d%m%Y}.xml"


@contextmanager
def stub_bank() -> Iterator[StubBank]:
    """Runs until the block ends."""
    bank = StubBank()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bank.asked.append(self.path)
            time.sleep(bank.delay)
            status, body = bank.answers.get(self.path, (404, b"not found"))
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # the reader has had enough

        def log_message(self, *_args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    bank.url = f"http://127.0.0.1:{server.server_address[1]}/kurlar"
    try:
        yield bank
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
