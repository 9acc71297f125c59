"""The supervisor, with small real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from gullu.processes import Child, Patience, ProcessError, Supervisor, answers

ROOT = Path(__file__).resolve().parents[2]
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG")

EAGER = Patience(first_pause=0.05, longest_pause=0.1, healthy=0.5, attempts=3)


def child(script: str, *arguments: object, name: str = "dummy") -> Child:
    return Child(name=name, command=[sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)])


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


SLEEPER = """
    import os, sys, time
    open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
    time.sleep(60)
"""

# Ignores the request to end, and has a child that left for a session of its own.
STUBBORN = """
    import os, signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    for apart in (False, True):
        grandchild = subprocess.Popen([sys.executable, "-c", code], start_new_session=apart)
        open(sys.argv[1], "a").write(f"{grandchild.pid}\\n")
    open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
    time.sleep(60)
"""


def test_leaving_the_block_ends_the_children(tmp_path: Path) -> None:
    seen = tmp_path / "pids"

    with Supervisor() as supervisor:
        supervisor.start(child(SLEEPER, seen, name="one"))
        supervisor.start(child(SLEEPER, seen, name="two"))
        until(lambda: len(pids(seen)) == 2)

    assert [lives(pid) for pid in pids(seen)] == [False, False]


def test_error_in_the_block_ends_the_children_and_is_raised(tmp_path: Path) -> None:
    seen = tmp_path / "pids"

    def fail() -> None:
        with Supervisor() as supervisor:
            supervisor.start(child(SLEEPER, seen))
            until(lambda: pids(seen))
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()

    assert [lives(pid) for pid in pids(seen)] == [False]


@posix_only
def test_hanging_child_is_killed_with_its_whole_tree(tmp_path: Path) -> None:
    seen = tmp_path / "pids"
    with Supervisor(grace_seconds=0.3) as supervisor:
        supervisor.start(child(STUBBORN, seen))
        until(lambda: len(pids(seen)) == 3)
        started = time.monotonic()

    assert 0.3 <= time.monotonic() - started < 3
    until(lambda: [lives(pid) for pid in pids(seen)] == [False, False, False])


@posix_only
def test_child_gets_time_to_end_in_order(tmp_path: Path) -> None:
    script = """
        import signal, sys, time
        def end(*_):
            time.sleep(0.3)
            open(sys.argv[1], "a").write("7\\n")
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        open(sys.argv[1], "a").write("1\\n")
        time.sleep(60)
    """
    seen = tmp_path / "pids"
    with Supervisor() as supervisor:
        supervisor.start(child(script, seen))
        until(lambda: pids(seen))

    assert pids(seen) == [1, 7]


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_signal_ends_watching_without_an_error(tmp_path: Path, number: signal.Signals) -> None:
    seen = tmp_path / "pids"
    before = signal.getsignal(number)
    alarm = f"import os, time; time.sleep(0.5); os.kill({os.getpid()}, {int(number)})"
    with Supervisor() as supervisor:
        supervisor.start(child(SLEEPER, seen))
        until(lambda: pids(seen))
        sender = subprocess.Popen([sys.executable, "-c", alarm])
        supervisor.watch()

    sender.wait()
    assert [lives(pid) for pid in pids(seen)] == [False]
    assert signal.getsignal(number) == before


@posix_only
def test_second_stop_signal_cuts_the_grace_short(tmp_path: Path) -> None:
    seen = tmp_path / "pids"
    alarm = f"import os, time; time.sleep(0.4); os.kill({os.getpid()}, 2); time.sleep(0.4); os.kill({os.getpid()}, 2)"
    with Supervisor(grace_seconds=60) as supervisor:
        supervisor.start(child(STUBBORN, seen))
        until(lambda: len(pids(seen)) == 3)
        started = time.monotonic()
        sender = subprocess.Popen([sys.executable, "-c", alarm])
        supervisor.watch()

    assert time.monotonic() - started < 10
    sender.wait()
    until(lambda: [lives(pid) for pid in pids(seen)] == [False, False, False])


@posix_only
def test_crashed_child_is_started_again(tmp_path: Path) -> None:
    script = """
        import os, sys, time
        open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
        if len(open(sys.argv[1]).readlines()) < 3:
            os.abort()
        os.kill(os.getppid(), 15)
        time.sleep(60)
    """
    seen = tmp_path / "pids"
    with Supervisor(patience=EAGER) as supervisor:
        supervisor.start(child(script, seen))
        supervisor.watch()

    assert len(set(pids(seen))) == 3
    assert [lives(pid) for pid in pids(seen)] == [False] * 3


@posix_only
def test_rest_of_a_crashed_child_is_killed_before_its_restart(tmp_path: Path) -> None:
    script = """
        import os, subprocess, sys, time
        left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        open(sys.argv[1], "a").write(f"{left.pid}\\n")
        if len(open(sys.argv[1]).readlines()) == 1:
            os.abort()
        os.kill(os.getppid(), 15)
        time.sleep(60)
    """
    seen = tmp_path / "pids"
    with Supervisor(patience=EAGER) as supervisor:
        supervisor.start(child(script, seen))
        supervisor.watch()

    until(lambda: [lives(pid) for pid in pids(seen)] == [False, False])


def test_child_that_never_runs_properly_is_given_up_with_a_sentence() -> None:
    with Supervisor(patience=EAGER) as supervisor:
        supervisor.start(child("raise SystemExit(3)", name="web"))
        with pytest.raises(ProcessError) as caught:
            supervisor.watch()

    assert str(caught.value) == (
        "web ended 3 times right after its start, last with code 3; its messages above say why."
    )


def test_program_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    with Supervisor() as supervisor, pytest.raises(ProcessError) as caught:
        supervisor.start(Child(name="web", command=[str(tmp_path / "missing")]))

    assert str(caught.value) == f"web cannot be started: No such file or directory ({tmp_path}/missing)."


def test_child_sees_our_environment_and_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "1")
    seen = tmp_path / "seen"
    script = "import os, sys; open(sys.argv[1], 'w').write(os.environ['OURS'] + os.environ['ITS'] + '\\n')"
    with Supervisor() as supervisor:
        supervisor.start(
            Child(name="dummy", command=[sys.executable, "-c", script, str(seen)], environment={"ITS": "2"})
        )
        until(lambda: pids(seen))

    assert seen.read_text() == "12\n"


def test_port_is_waited_for() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = """
        import socket, sys, time
        time.sleep(0.2)
        server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        time.sleep(60)
    """
    assert not answers("127.0.0.1", port)
    with Supervisor() as supervisor:
        supervisor.start(child(script, port, name="web"))
        supervisor.wait_for_port("web", port=port)
        assert answers("127.0.0.1", port)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("raise SystemExit(4)", "web ended with code 4 before it answered on port 1."),
        ("import time; time.sleep(60)", "web did not answer on port 1 within 0.5 seconds."),
    ],
)
def test_port_that_never_answers_is_one_sentence(script: str, sentence: str) -> None:
    with Supervisor() as supervisor:
        supervisor.start(child(script, name="web"))
        with pytest.raises(ProcessError) as caught:
            supervisor.wait_for_port("web", port=1, seconds=0.5)

    assert str(caught.value) == sentence


@linux_only
def test_killed_parent_takes_its_children_along(tmp_path: Path) -> None:
    seen = tmp_path / "pids"
    parent = f"""
        import sys
        from gullu.processes import Child, Supervisor
        with Supervisor() as supervisor:
            supervisor.start(Child(name="dummy", command=[sys.executable, "-c", {textwrap.dedent(SLEEPER)!r}, {str(seen)!r}]))
            supervisor.watch()
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(parent)], cwd=ROOT)
    until(lambda: pids(seen))

    process.kill()

    process.wait()
    until(lambda: [lives(pid) for pid in pids(seen)] == [False])
