"""The embedded PostgreSQL, with real servers and real processes that end in every way a process can."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from gullu import embedded
from gullu.embedded import account, files, postmaster
from gullu.embedded.binaries import reason_in
from gullu.embedded.files import Files

ROOT = Path(__file__).resolve().parents[2]
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and fork")
root_only = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root")

PRELUDE = """
import multiprocessing, os, sys, time
from pathlib import Path
import psycopg
from gullu import embedded
data = Path(sys.argv[1])
def join():
    return embedded.ensure_running(data, durability="off")
def connect(info, dbname="gullu"):
    return psycopg.connect(host=info.host, port=info.port, user=info.user, password=info.password,
                           dbname=dbname, autocommit=True)
def ask(info, query="SELECT 1"):
    with connect(info) as connection:
        return connection.execute(query).fetchone()
def say(*words):
    print(*words, flush=True)
"""


class Program:
    """A Python process that joins the server, says what its script prints and waits where it reads a line."""

    def __init__(self, data: Path, script: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + textwrap.dedent(script), str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def heard(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        return line or self.process.communicate()[1]

    def end(self) -> tuple[int, str]:
        _output, errors = self.process.communicate("\n", timeout=30)
        return self.process.returncode, errors


HOLD = "info = join(); ask(info); say(info.pid); sys.stdin.readline()"


def run(data: Path, script: str) -> str:
    program = Program(data, script)
    output, errors = program.process.communicate(timeout=30)
    assert (program.process.returncode, errors) == (0, "")
    return output.strip()


def server(data: Path) -> psutil.Process | None:
    cluster = Files(data.resolve()).cluster
    return postmaster.process_of(postmaster.read(cluster), cluster)


def copy(source: Path, target: Path) -> None:
    if sys.platform == "win32":
        shutil.copytree(source, target)
    else:
        subprocess.run(["cp", "-a", source, target], check=True)  # several times faster


def await_end(process: psutil.Process | None) -> None:
    """Wait for a process that is not our child; as a zombie it has ended too, whenever init collects it."""
    deadline = time.monotonic() + 10
    while process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def watched(folder: Path) -> Iterator[Path]:
    """Afterwards no server may be left in the folder; one that is gets stopped, so that it fails one test only."""
    yield folder
    left = server(folder)
    embedded.stop(folder, force=True)
    assert left is None


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data folder in a `mktemp -d`."""
    with tempfile.TemporaryDirectory() as parent, watched(Path(parent).resolve() / "var") as folder:
        yield folder


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent).resolve() / "var"
        run(folder, "join()")
        yield folder


@pytest.fixture
def made(template: Path) -> Iterator[Path]:
    """The data folder of a stopped server, shared by the tests that leave it whole."""
    with watched(template) as folder:
        yield folder


@pytest.fixture
def own(data: Path, template: Path) -> Path:
    """The same as a copy, for tests that damage it."""
    copy(template, data)
    return data


def test_first_start_makes_a_utf8_database_and_leaves_nothing_running(data: Path) -> None:
    columns = "datname, pg_encoding_to_char(encoding), datlocprovider, datlocale"
    query = (
        f"SELECT {columns}, current_setting('server_version_num')::int / 10000, lower('ŞIK') FROM pg_database"
    )

    row = run(data, f'info = join(); say(ask(info, """{query} WHERE datname = current_database()"""))')

    assert row == "('gullu', 'UTF8', 'b', 'C.UTF-8', 18, 'şik')"
    assert server(data) is None


def test_connection_settings_are_a_django_entry(made: Path) -> None:
    printed = run(made, "say(embedded.connection_settings(data) | {'HOST': '', 'PORT': ''})")

    assert printed == str(
        {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "gullu",
            "USER": "gullu",
            "PASSWORD": "",
            "HOST": "",
            "PORT": "",
        }
    )


@posix_only
def test_server_opens_no_tcp_port(made: Path) -> None:
    holder = Program(made, HOLD)
    process = psutil.Process(int(holder.heard()))

    assert process.net_connections(kind="inet") == []

    holder.end()


def test_durability_decides_the_settings_that_survive_a_power_cut(made: Path) -> None:
    query = "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')"

    assert run(made, f'say(ask(embedded.ensure_running(data), "{query}"))') == "('on', 'on', 'on')"
    assert run(made, f'say(ask(join(), "{query}"))') == "('off', 'off', 'off')"


def test_server_runs_until_its_last_user_ends(made: Path) -> None:
    first = Program(made, HOLD)
    pid = int(first.heard())
    second = Program(made, HOLD)
    assert int(second.heard()) == pid

    assert first.end() == (0, "")
    found = server(made)
    assert found is not None
    assert found.pid == pid

    assert second.end() == (0, "")
    assert server(made) is None


@posix_only
def test_killed_user_does_not_stop_the_server_nor_keep_it_for_ever(made: Path) -> None:
    killed = Program(made, HOLD)
    pid = int(killed.heard())
    other = Program(made, HOLD)
    other.heard()

    killed.process.kill()
    killed.process.communicate()
    found = server(made)
    assert found is not None
    assert found.pid == pid

    assert other.end() == (0, "")
    assert server(made) is None


@posix_only
def test_server_left_by_a_killed_last_user_is_taken_over(made: Path) -> None:
    killed = Program(made, HOLD)
    pid = killed.heard()
    killed.process.kill()
    killed.process.communicate()

    assert run(made, "say(join().pid)") == pid
    assert server(made) is None


@posix_only
def test_forked_child_keeps_the_server_after_its_parent_ended(made: Path) -> None:
    script = """
        info = join()
        if os.fork() == 0:
            sys.stdin.readline()
            say(ask(info))
            sys.exit(0)
        say("parent ends")
    """
    family = Program(made, script)
    assert family.heard() == "parent ends"
    family.process.wait()
    other = Program(made, HOLD)
    other.heard()
    assert other.end() == (0, "")
    assert server(made) is not None

    output, errors = family.process.communicate("\n", timeout=30)

    assert (output, errors) == ("(1,)\n", "")
    await_end(server(made))
    assert server(made) is None


@posix_only
def test_worker_that_ends_by_os_exit_leaves_the_server_to_its_parent(made: Path) -> None:
    script = """
        info = join()
        context = multiprocessing.get_context("fork")
        worker = context.Process(target=ask, args=(info,))
        worker.start(); worker.join()
        hard = context.Process(target=os._exit, args=(0,))
        hard.start(); hard.join()
        say(worker.exitcode, hard.exitcode, ask(info))
    """

    assert run(made, script) == "0 0 (1,)"
    assert server(made) is None


@posix_only
def test_worker_still_running_when_its_parent_ends_normally_is_waited_for(made: Path) -> None:
    script = """
        info = join()
        def work():
            time.sleep(0.3)
            say(ask(info))
        multiprocessing.get_context("fork").Process(target=work).start()
    """

    assert run(made, script) == "(1,)"
    assert server(made) is None


@posix_only
def test_orphaned_worker_stops_the_server_as_the_last_user(made: Path) -> None:
    script = """
        info = join()
        def work():
            say(os.getppid())
            sys.stdin = open(0)
            sys.stdin.readline()
            say(ask(info))
        multiprocessing.get_context("fork").Process(target=work).start()
        time.sleep(60)
    """
    family = Program(made, script)
    os.kill(int(family.heard()), signal.SIGKILL)
    family.process.wait()
    assert server(made) is not None

    output, errors = family.process.communicate("\n", timeout=30)

    assert (output, errors) == ("(1,)\n", "")
    await_end(server(made))
    assert server(made) is None


@posix_only
def test_worker_that_joined_alone_stops_the_server(made: Path) -> None:
    script = """
        worker = multiprocessing.get_context("fork").Process(target=lambda: say(ask(join())))
        worker.start(); worker.join()
        say(embedded.status(data))
    """

    assert run(made, script) == "(1,)\nStatus(server=None, users=[])"


def test_spawned_worker_joins_on_its_own(made: Path, tmp_path: Path) -> None:
    script = tmp_path / "spawning.py"
    script.write_text(
        PRELUDE
        + textwrap.dedent("""
            def work():
                say(ask(join()))
            if __name__ == "__main__":
                join()
                worker = multiprocessing.get_context("spawn").Process(target=work)
                worker.start(); worker.join()
        """)
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}

    done = subprocess.run(
        [sys.executable, script, made],
        capture_output=True,
        text=True,
        timeout=30,
        env=environment,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("(1,)\n", "")
    assert server(made) is None


@posix_only
def test_killed_server_is_started_again_with_its_data(own: Path) -> None:
    durable = "embedded.ensure_running(data)"
    holder = Program(own, HOLD.replace("join()", durable))
    pid = int(holder.heard())
    run(own, f"connect({durable}).execute('CREATE TABLE kept AS SELECT 7 AS n')")

    psutil.Process(pid).kill()

    assert run(own, f"say(ask({durable}, 'SELECT n FROM kept'))") == "(7,)"
    assert holder.end() == (0, "")


@posix_only
@pytest.mark.parametrize("same_user", [True, False])
def test_pid_file_of_a_dead_server_with_a_reused_id_does_not_stop_the_start(
    made: Path, *, same_user: bool
) -> None:
    run_as = account.server_account(Files(made).cluster) if same_user else None
    stranger = subprocess.Popen(["sleep", "60"], user=run_as.uid if run_as else None)
    holder = Program(made, HOLD)
    dead = psutil.Process(int(holder.heard()))
    pid_file = Files(made).cluster / "postmaster.pid"
    text = pid_file.read_text()
    socket_folder = Path(text.splitlines()[4])
    for process in [dead, *dead.children()]:
        with suppress(psutil.NoSuchProcess):  # children end by themselves once the server is gone
            process.kill()
    await_end(dead)
    pid_file.write_text(text.replace(str(dead.pid), str(stranger.pid), 1))
    for lock in socket_folder.glob("*.lock"):
        lock.write_text(lock.read_text().replace(str(dead.pid), str(stranger.pid), 1))

    assert run(made, "say(ask(join()))") == "(1,)"
    assert stranger.poll() is None

    stranger.kill()
    stranger.wait()
    assert holder.end() == (0, "")


@pytest.mark.parametrize("content", ["", "\n", "not a number\n"])
def test_pid_file_cut_short_by_a_power_failure_does_not_stop_the_start(made: Path, content: str) -> None:
    (Files(made).cluster / "postmaster.pid").write_text(content)

    assert run(made, "say(ask(join()))") == "(1,)"


def test_processes_starting_at_once_beside_a_half_made_cluster_share_one_server(data: Path) -> None:
    (data / "postgres.new" / "base").mkdir(parents=True)
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    programs = [Program(data, HOLD) for _number in range(4)]

    pids = {program.heard() for program in programs}

    assert len(pids) == 1
    assert [program.end() for program in programs] == [(0, "")] * 4
    assert not (data / "postgres.new").exists()


def test_database_is_made_when_its_first_maker_was_killed_in_between(made: Path) -> None:
    run(made, "connect(join(), dbname='postgres').execute('DROP DATABASE gullu')")
    Files(made).database_mark.unlink()

    assert run(made, "say(ask(join()))") == "(1,)"
    assert Files(made).database_mark.exists()


def test_long_path_and_odd_characters_are_no_obstacle(own: Path) -> None:
    deep = own.parent / ("ğ üş'i " * 6).strip() / ("x" * 100) / "var"
    deep.parent.mkdir(parents=True)
    own.rename(deep)

    assert run(deep, "say(ask(join()))") == "(1,)"
    assert server(deep) is None


@root_only
def test_root_opens_private_parents_for_walking_only(own: Path) -> None:
    own.parent.chmod(0o700)

    owner = run(own, "info = join(); say(os.stat(data / 'postgres').st_uid, os.stat(info.host).st_uid)")

    assert owner == f"{account.STAND_IN_UID} {account.STAND_IN_UID}"
    assert stat.S_IMODE(own.parent.stat().st_mode) == 0o701


@root_only
def test_root_takes_over_a_cluster_that_was_copied_by_root(own: Path) -> None:
    for path in [Files(own).cluster, *Files(own).cluster.rglob("*")]:
        os.chown(path, 0, 0)

    assert run(own, "say(ask(join()))") == "(1,)"


@root_only
def test_root_opens_programs_that_were_unpacked_under_a_strict_umask(tmp_path: Path) -> None:
    install = tmp_path / "package" / "pginstall18"
    program = install / "bin" / "postgres"
    library = tmp_path / "package.libs" / "libpq.so"
    for path, mode in ((program, 0o700), (library, 0o600)):
        path.parent.mkdir(parents=True)
        path.touch()
        path.chmod(mode)
    for folder in (install, install / "bin", library.parent, tmp_path):
        folder.chmod(0o700)

    account.let_read_programs(install, account.Account(61742, 61742))

    modes = [
        stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, install, program.parent, program, library)
    ]
    assert modes == [0o701, 0o705, 0o705, 0o705, 0o604]


@posix_only
def test_socket_folder_put_there_by_somebody_else_is_not_used(made: Path) -> None:
    mine = account.server_account(Files(made).cluster)
    first = files.make_socket_folder(Files(made), mine)
    assert first is not None
    first.chmod(0o777)

    second = files.make_socket_folder(Files(made), mine)

    assert second == first.with_name(first.name[:-1] + "1")
    first.rmdir()
    second.rmdir()


@posix_only
def test_socket_folder_is_removed_with_the_server(made: Path) -> None:
    holder = Program(made, HOLD)
    holder.heard()
    found = embedded.status(made).server
    assert found is not None
    assert stat.S_IMODE(Path(found.host).stat().st_mode) == 0o700

    holder.end()

    assert not Path(found.host).exists()


def test_stop_refuses_while_the_server_is_in_use_unless_forced(made: Path) -> None:
    holder = Program(made, HOLD)
    holder.heard()

    with pytest.raises(embedded.EmbeddedDatabaseError, match=rf"in use by process {holder.process.pid};"):
        embedded.stop(made)
    assert embedded.status(made).users == [holder.process.pid]
    assert embedded.stop(made, force=True)
    assert not embedded.stop(made)
    assert holder.end() == (0, "")


def test_status_of_an_unused_folder_creates_nothing(data: Path) -> None:
    assert embedded.status(data) == embedded.Status(None, [])
    assert not data.exists()


def test_data_folder_deleted_under_the_server_ends_it(own: Path) -> None:
    holder = Program(own, HOLD)
    process = psutil.Process(int(holder.heard()))

    shutil.rmtree(own)

    assert holder.end() == (0, "")
    await_end(process)


def test_data_folder_made_anew_is_joined_again(own: Path, template: Path) -> None:
    script = f"""
        import shutil
        join()
        embedded.stop(data, force=True)
        shutil.rmtree(data)
        shutil.copytree({str(template)!r}, data)
        info = join()
        say(embedded.status(data).users == [os.getpid()], ask(info))
    """

    assert run(own, script) == "True (1,)"
    assert server(own) is None


def test_start_failure_says_why_in_one_sentence(own: Path) -> None:
    with (Files(own).cluster / "postgresql.conf").open("a") as config:
        config.write("no_such_setting = 1\n")

    with pytest.raises(embedded.EmbeddedDatabaseError) as caught:
        embedded.ensure_running(own)

    assert str(caught.value) == (
        f"The database in {own} does not start: configuration file "
        f'"{own}/postgres/postgresql.conf" contains errors (see {own}/pg.log).'
    )


def test_folder_that_cannot_be_made_says_why_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(embedded.EmbeddedDatabaseError) as caught:
        embedded.ensure_running(tmp_path / "file" / "var")

    assert str(caught.value) == f"The data folder {tmp_path}/file/var cannot be made: Not a directory."


def test_cluster_of_another_version_is_refused(own: Path) -> None:
    (Files(own).cluster / "PG_VERSION").write_text("17\n")

    with pytest.raises(embedded.EmbeddedDatabaseError, match=r"was made by PostgreSQL 17, and this is 18;"):
        embedded.ensure_running(own)


def test_folder_that_is_no_cluster_is_left_alone(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "thesis.txt").touch()

    with pytest.raises(embedded.EmbeddedDatabaseError, match="is not a database folder"):
        embedded.ensure_running(data)

    assert (data / "postgres" / "thesis.txt").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10:00 [1] LOG:  starting\n10:00 [1] FATAL:  no rights.\n10:00 [1] LOG:  shut down\n", "no rights"),
        (
            'initdb: error: could not write "x": No space left on device\n',
            'the disk is full (could not write "x": No space left on device)',
        ),
        (
            "FATAL:  wrote only 4096 of 8192\nHINT:  Check free disk space.\nPANIC:  aborted\n",
            "the disk is full (wrote only 4096 of 8192)",
        ),
        ("beginning\nsomething else.\n", "something else"),
        ("", "it gave no reason"),
    ],
)
def test_reason_is_the_first_complaint(text: str, reason: str) -> None:
    assert reason_in(text) == reason


def test_command_line_opens_psql_and_tells_the_status(made: Path) -> None:
    environment = {**os.environ, "DATA_DIR": str(made)}

    def call(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "gullu.embedded", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    assert call("psql", "-Atc", "SELECT current_user") == (0, "gullu\n", "")
    assert call("status") == (1, "", f"The embedded database in {made} is not running.\n")
    assert call("stop") == (0, "It was not running.\n", "")


def test_environment_leads_other_tools_to_the_database(made: Path) -> None:
    holder = Program(made, HOLD)
    holder.heard()
    found = embedded.status(made).server
    assert found is not None

    done = subprocess.run(
        [embedded.binary("psql"), "-Atc", "SELECT current_database()"],
        env={**os.environ, **found.libpq_environment()},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("gullu\n", "")
    assert holder.end() == (0, "")
