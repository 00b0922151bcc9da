"""`repband flash`: put the firmware on a board."""

from __future__ import annotations

import click


@click.command("flash")
@click.argument("port", required=False)
@click.option("--board", metavar="NAME", help="Also write the config of this board; needed the first time.")
@click.option("--name", metavar="TEXT", help="With --board: what to call the sensor.")
@click.option(
    "--yes", is_flag=True, help="Replace files of the board's owner without asking; they are kept as .before."
)
@click.option("--no-start", is_flag=True, help="Leave the board at its prompt.")
def command(port: str | None, board: str | None, name: str | None, yes: bool, no_start: bool) -> None:
    """Put RepBand's program on the board on PORT (without PORT: the one that is there), and start it.

    The board must run MicroPython 1.25 or newer; where it has none, the message says how to put it there. Every file
    is read back and compared. Files that are not RepBand's are replaced only when you say so. The exercises go along,
    yours too, for the sensor to count by itself: repband device configure --exercise NAME.

    A board that runs RepBand is brought into its maintenance mode and back. Should that be interrupted, flash again.
    """
    import json

    from repband.errors import UsageError
    from repband.link.boardfiles import board_config
    from repband.link.flash import Flasher, opened
    from repband.link.ports import choose_port

    config = None if board is None else board_config(board)
    if name is not None:
        if config is None:
            raise UsageError("a name goes into the board's config", where="--name", cure="add --board NAME")
        config = json.dumps({**json.loads(config), "name": name}).encode()
    chosen = port or choose_port(named_by="repband flash PORT").device
    with opened(chosen, say=click.echo) as prompt:
        flasher = Flasher(prompt, lambda question: yes or click.confirm(question, err=True), click.echo)
        copied = flasher.flash(config)
        if not no_start:
            flasher.restart()
    click.echo(
        f"{copied.written} files written, {copied.unchanged} were there already; each was read back and compared"
        f" (MicroPython {copied.micropython})"
    )
    if not no_start:
        _say_who_answers(chosen)


def _say_who_answers(port: str) -> None:
    """Waits for the board to come back as a sensor, and says what it says of itself."""
    from repband.cli.device import info_lines
    from repband.errors import SourceError
    from repband.link.dialogue import Dialogue
    from repband.link.key import load_key
    from repband.link.serialport import SerialTransport

    try:
        with Dialogue(SerialTransport(port), load_key()) as dialogue:
            click.echo("\n".join(info_lines(dialogue.info)))
    except SourceError as error:
        click.echo(f"the program is on the board, but it does not answer yet: {error}", err=True)
        return
    click.echo(f"now: repband live bridge --serial {port}")
