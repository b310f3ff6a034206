"""``make demo``: the whole product on this machine, from a bare checkout and a ``python3``.

Everything it makes lies in ``.venv`` and ``var/demo``; remove them to start afresh. This file is
written so that a Python too old for the product can still read it, and say so.
"""

import argparse
import hashlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PYTHON = ROOT / ".venv" / "bin" / "python"
INSTALLED = ROOT / ".venv" / "demo-installed"
DATA = ROOT / "var" / "demo"
SEEDS = "· "  # how manage.py seed begins a line of progress
# Mail of a demonstration stays in its folder, whatever the visitor's shell has set.
NOT_INHERITED = re.compile(r"^(COMMONHOUR_.*|DATABASE_URL|REDIS_URL|EMAIL_URL|DJANGO_.*|PYTHON.*)$")


class CannotStartError(Exception):
    """A visitor can do something about it, and the text says what."""


def main():
    # type: () -> None
    """Install, seed and serve; what is done already is not done again."""
    parser = argparse.ArgumentParser(description="Look at the whole product on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    environment = demo_environment(port)
    try:
        insist_on_python()
        insist_on_port(port)
        install()
        sign_ins = seed(environment)
    except CannotStartError as error:
        sys.exit(f"{error}")
    except OSError as error:
        sys.exit(f"Cannot write to {error.filename} ({error.strerror}). Give this user the folder.")
    show("")
    print(sign_ins, flush=True)
    command = [str(PYTHON), str(ROOT / "manage.py"), "serve", "--port", str(port)]
    os.execve(command[0], command, environment)  # noqa: S606 our own program, without a shell


def insist_on_python():
    # type: () -> None
    """Refuse a Python that the product cannot run on."""
    if sys.version_info < OLDEST:
        raise CannotStartError(
            "Commonhour needs Python {}.{} or newer; this is {}.{}. If a newer one is installed, "
            "name it: make demo PYTHON=python3.12".format(*OLDEST + sys.version_info[:2])
        )


def insist_on_port(port):
    # type: (int) -> None
    """Refuse a port that another program has, before minutes are spent on installing."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise CannotStartError(
                f"Cannot listen on port {port} ({why}). Choose another: make demo PORT=8001"
            ) from None


def install():
    # type: () -> None
    """Make ``.venv`` and put the locked packages into it, unless these are there already."""
    lock = LOCK.read_text("utf-8")
    stamp = "{} {}".format(sys.executable, hashlib.sha256(lock.encode("utf-8")).hexdigest())
    if INSTALLED.exists() and INSTALLED.read_text("utf-8") == stamp:
        return
    show("Making .venv …")
    (ROOT / ".venv").mkdir(exist_ok=True)
    run([sys.executable, "-m", "venv", str(ROOT / ".venv")], "Cannot make .venv")
    expected = len(re.findall(r"(?m)^[a-z0-9].*==", lock))
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    options = ["--progress-bar=off", "--retries=1", "--timeout=20", "--require-hashes"]
    run(
        [*pip, *options, "--requirement", str(LOCK)],
        "The packages could not be fetched. Is this machine online?",
        expected,
    )
    INSTALLED.write_text(stamp, "utf-8")


def demo_environment(port):
    # type: (int) -> dict[str, str]
    """Return what the product sees: a demonstration in one process, in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not NOT_INHERITED.match(name)}
    return dict(
        kept,
        COMMONHOUR_MODE="demo",
        COMMONHOUR_URL=f"http://127.0.0.1:{port}",
        COMMONHOUR_DATA_DIR=str(DATA),
    )


def seed(environment):
    # type: (dict[str, str]) -> str
    """Make the invented world once, let a session be near at each start; return the sign-ins."""
    DATA.mkdir(parents=True, exist_ok=True)
    show("Setting out the chairs …")
    command = [str(PYTHON), str(ROOT / "manage.py"), "seed"]
    said = run(command, "The world could not be seeded", 0, environment)
    return "".join(said).rpartition("\n\n")[2]


def run(command, complaint, expected=0, environment=None):
    # type: (list[str], str, int, dict[str, str] | None) -> list[str]
    """Run a command and return its lines; count the packages of ``expected`` as they come.

    Raises:
        CannotStartError: it failed; the text is ``complaint`` and the command's last words.
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        env=environment,
    )
    said = []  # type: list[str]
    collected = 0
    for line in process.stdout or ():
        said.append(line)
        if line.startswith(("Collecting ", "Processing ")):
            collected += 1
            name = re.split(r"==|-[0-9]", Path(line.split()[1]).name)[0]
            show(f"Fetching package {collected} of {expected}: {name}")
        elif line.startswith("Installing collected packages"):
            show(f"Unpacking {collected} packages …")
        elif line.startswith(SEEDS):
            show(line.strip())
    if process.wait():
        last_words = "".join(said).strip().splitlines()[-1:] or ["nothing"]
        raise CannotStartError(f"{complaint}\nThe last words were: {last_words[0]}")
    return said


def show(progress):
    # type: (str) -> None
    """Write one line of progress; on a terminal it takes the place of the one before."""
    if sys.stdout.isatty():
        print("\r\033[K" + progress, end="", flush=True)
    else:
        print(progress, flush=True)


if __name__ == "__main__":
    main()
