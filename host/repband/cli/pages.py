"""`repband pages`: exercises, trends and the form for a plan in the browser, without a session."""

from __future__ import annotations

import click

from repband.errors import UsageError


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port of the pages.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
def command(port: int | None, no_open: bool) -> None:
    """Open the exercises, your trends and the form that writes a plan in the browser; Ctrl-C ends it.

    Only this machine reaches them.
    """
    import webbrowser

    try:
        from repband.web.gate import Gate
        from repband.web.pages import make_pages_app
        from repband.web.serve import listen, serve_until_ended
    except ModuleNotFoundError as error:
        raise UsageError(f"the pages need {error.name}", cure='pip install "repband[web]"') from error
    with listen(port, lan=False) as listening:
        at = int(listening.getsockname()[1])
        url = f"http://127.0.0.1:{at}/"
        click.echo(f"the pages: {url}  (Ctrl-C ends)")
        if not no_open:
            webbrowser.open(url)
        serve_until_ended(make_pages_app(Gate(at)), listening)
