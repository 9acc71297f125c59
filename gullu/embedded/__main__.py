"""`python -m gullu.embedded status | stop [--force] | psql [arguments] | env`."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys

from gullu.embedded import EmbeddedDatabaseError, binary, ensure_running, status, stop
from gullu.env import ConfigError, load


def main() -> int:
    """Run one subcommand on the DATA_DIR of the environment; 1 and one sentence on stderr when it fails."""
    parser = argparse.ArgumentParser(prog="python -m gullu.embedded", description="The embedded PostgreSQL.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="say whether it runs, and who uses it")
    commands.add_parser("stop", help="stop it; refused while it is in use").add_argument(
        "--force", action="store_true"
    )
    commands.add_parser("psql", help="open psql; further arguments are passed on", add_help=False)
    commands.add_parser("env", help="print PG* variables for other tools, while it runs")
    options, rest = parser.parse_known_args()
    if rest and options.command != "psql":
        parser.error(f"unknown arguments: {shlex.join(rest)}")
    try:
        return _run(options, rest)
    except (ConfigError, EmbeddedDatabaseError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    data_dir = load().data_dir
    if options.command == "psql":
        info = ensure_running(data_dir)
        environment = {**os.environ, **info.libpq_environment()}
        return subprocess.run([str(binary("psql")), *rest], check=False, env=environment).returncode
    if options.command == "stop":
        stopped = stop(data_dir, force=options.force)
        sys.stdout.write("Stopped.\n" if stopped else "It was not running.\n")
        return 0
    found = status(data_dir)
    if found.server is None:
        raise EmbeddedDatabaseError(f"The embedded database in {data_dir} is not running.")
    if options.command == "env":
        lines = [
            f"export {name}={shlex.quote(value)}" for name, value in found.server.libpq_environment().items()
        ]
        sys.stdout.write("\n".join(lines) + "\n")
        return 0
    listed = ", ".join(map(str, found.users)) or "nobody"
    sys.stdout.write(f"Running as process {found.server.pid} on {found.server.host}; used by {listed}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
