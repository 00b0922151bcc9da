"""The command line: one file per command, each thin. A command's module is imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys

import click

from repband import __version__
from repband.errors import RepBandError

# One place for the list of commands: name -> the line that `repband --help` shows for it.
# The module of the same name in this folder holds a click.Command called `command`.
COMMANDS = {
    "workout": "Be led through a plan on a live page, with sounds.",
    "pages": "Exercises, trends and a form for plans in the browser.",
    "live": "Count a set live and keep the session.",
    "count": "Count the reps of recordings.",
    "record": "Record a source without counting.",
    "replay": "Replay a recording through the live engine.",
    "label": "Mark the true reps of a recording on its plot.",
    "plot": "Draw a recording with its reps and what was rejected.",
    "plan": "Check, show or write a plan.",
    "history": "Show what was done each week, against the plan.",
    "report": "Write a report for your physiotherapist.",
    "trend": "Show an exercise over time; draw it.",
    "sessions": "List or show the sessions kept so far.",
    "export": "Tables, FIT activities, or everything you own in one file.",
    "forget": "Delete sessions, old recordings, or everything.",
    "recount": "Count old recordings again with today's engine.",
    "exercise": "Show what an exercise trains, how it is done, when to stop.",
    "exercises": "List, show or check exercise files.",
    "scan": "Find sensors on the air and on USB.",
    "device": "Ask, set up, find, test or claim the sensor.",
    "flash": "Put the program on a board.",
    "simulate": "Make a recording with the virtual sensor.",
    "convert": "Convert between recording formats.",
    "repair": "Finish recordings that were cut off.",
    "bench": "Measure the counter on labelled recordings.",
}

_INTERRUPTED = 130


class LazyGroup(click.Group):
    """Knows the commands by name and imports one when it is called, so that --help stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports and gives the command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"repband.cli.{cmd_name}")
        return module.command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list from COMMANDS, without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="repband")
def cli() -> None:
    """RepBand counts reps and judges their tempo from one motion sensor on the thigh.

    Start with: repband live bridge --virtual

    Stop when it hurts; see a professional when pain is severe or lasts.
    """


def main() -> None:
    """Runs the command line; every way out is an exit code and at most one line on stderr."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli.main(prog_name="repband", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except RepBandError as error:
        return _say(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, less) went away: nobody is left to tell, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _say(f"{error.filename or 'system'}: {error.strerror or error}", 1)
    except Exception as error:
        if os.environ.get("REPBAND_DEBUG"):
            raise
        kind = type(error).__name__
        return _say(f"a fault in RepBand itself ({kind}: {error}); set REPBAND_DEBUG=1 to see where, and report it", 70)


def _say(text: str, code: int) -> int:
    print(f"repband: {text}", file=sys.stderr)
    return code
