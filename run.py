#!/usr/bin/env python3
"""Sets RepBand up in this folder and runs it: needs nothing but Python 3.11 or newer.

    python3 run.py                  a live session from the virtual sensor, kept and shown again
    python3 run.py test [ARGS]      all tests (ARGS go to pytest)
    python3 run.py COMMAND [ARGS]   any repband command, such as: python3 run.py count FILE

Everything is installed into .venv beside this file; nothing else on the machine is touched.
On Windows write "py run.py" instead of "python3 run.py".
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "repband-setup.txt"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
DEMO = (["live", "bridge", "--virtual", "--reps", "6"], ["sessions", "show", "last"])
# What would lead Python or pip out of the folder's own .venv.
LEADS_ASTRAY = (
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_USER",
    "PIP_REQUIRE_VIRTUALENV",
)
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in LEADS_ASTRAY}
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


def fail(text):
    """Ends with a message instead of a traceback."""
    sys.exit(f"run.py: {text}")


def stamp_for(extra):
    """What the stamp says when .venv is up to date for this extra."""
    digest = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    return f"{extra} {VERSION} {digest}\n"


def is_set_up(extra):
    """True when .venv holds what is needed; the setup for tests holds all of the plain one."""
    if not (STAMP.exists() and PYTHON.exists()):
        return False
    return STAMP.read_text() in (stamp_for("dev"), stamp_for(extra))


def quietly(*command):
    """Runs a command and gives its exit code and what it printed."""
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors="replace").strip()


def find_pip():
    """The words that call a pip which installs into .venv; makes .venv where there is none that works."""
    inner = (str(PYTHON), "-m", "pip")
    if (
        quietly(str(PYTHON), "-c", f"import sys; assert sys.version.startswith('{VERSION}.')")[0]
        if PYTHON.exists()
        else 1
    ):
        shutil.rmtree(VENV, ignore_errors=True)
        code, said = quietly(sys.executable, "-m", "venv", str(VENV))
        if code == 0:
            return inner
        # Debian and Ubuntu ship a venv that can't bring pip along: a pip outside fills the environment just as well.
        quietly(sys.executable, "-m", "venv", "--without-pip", "--clear", str(VENV))
    else:
        said = "its pip does not work"
    for pip in (inner, (sys.executable, "-m", "pip", "--python", str(PYTHON))):
        if quietly(*pip, "--version")[0] == 0:
            return pip
    shutil.rmtree(VENV, ignore_errors=True)
    return fail(
        f"Python can't make a virtual environment here:\n{said}\n"
        "On Debian or Ubuntu: sudo apt install python3-venv, then run this again."
    )


def board_stubs():
    """The packages that the firmware is type-checked against, and for each the folder of its own that it needs."""
    import tomllib

    settings = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    return {VENV / "board-stubs" / board: what for board, what in settings["tool"]["repband"]["board-stubs"].items()}


def set_up(extra):
    """Installs RepBand with one of its extras into .venv; editable, so that the checkout is what runs."""
    print("Setting RepBand up in .venv (once; a minute or two) ...", file=sys.stderr, flush=True)
    install = [*find_pip(), "install", "--quiet", "--disable-pip-version-check"]
    commands = [[*install, "--editable", f"{HERE}[{extra}]"]]
    if extra == "dev":
        commands += [[*install, "--upgrade", "--target", str(folder), what] for folder, what in board_stubs().items()]
    for command in commands:
        if subprocess.run(command, env=ENVIRONMENT).returncode:
            fail("the setup did not finish; see the lines above. Is there a network? Then run this again.")
    STAMP.write_text(stamp_for(extra))


def run(*command):
    """Runs a Python module of .venv in the foreground and gives its exit code."""
    child = subprocess.Popen([str(PYTHON), "-m", *command], env=ENVIRONMENT)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            pass  # the child has seen it too: it ends in its own way, and keeps the session


def main(args):
    """Sets up what the wanted job needs, once, and does it."""
    if sys.version_info < (3, 11):
        fail(f"RepBand needs Python 3.11 or newer; this is {VERSION} ({sys.executable}).")
    testing = args[:1] == ["test"]
    if not is_set_up("dev" if testing else "all"):
        set_up("dev" if testing else "all")
    if testing:
        os.chdir(HERE)
        return run("pytest", *args[1:])
    if args:
        return run("repband", *args)
    for step in DEMO:
        code = run("repband", *step)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
