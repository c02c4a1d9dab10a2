"""What the bot adds to the ``wopo`` command."""

from typing import Annotated

import typer

from wopo.domain.errors import Refusal

NOT_HTTPS = Refusal(
    "manifest.not_https",
    "Slack sends requests to https:// addresses only. Nothing was printed; "
    "give the public address of the load balancer, not {url}.",
)


def manifest(
    http: Annotated[
        str, typer.Option("--http", help="Public base URL, for HTTP mode behind a load balancer.")
    ] = "",
) -> None:
    """Print the Slack app manifest to paste into Slack."""
    if http and not http.startswith("https://"):
        raise NOT_HTTPS(url=http)
    # Here, because it loads what serves Slack, and ``wopo --help`` names this command too.
    from bot.manifest import as_yaml

    typer.echo(as_yaml(http or None))
