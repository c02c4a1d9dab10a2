"""``python -m slack_sandbox``: a local Slack workspace for any Bolt app."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from slack_sandbox.server import free_port, serve
from slack_sandbox.settings import DEMO_APP_TOKEN, DEMO_BOT_TOKEN, Settings


def parse(arguments: Sequence[str] | None) -> Settings:
    """Settings from the command line."""
    parser = argparse.ArgumentParser(prog="slack-sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8800, help="0 takes a free one")
    parser.add_argument("--db", default="var/sandbox.db", help="the workspace's SQLite file")
    parser.add_argument("--seed", type=Path, help="YAML that fills an empty workspace")
    parser.add_argument(
        "--manifest", type=Path, action="append", default=[], help="Slack app manifest to install"
    )
    parser.add_argument("--ack-timeout", type=float, default=3.0, help="seconds an app has")
    parser.add_argument(
        "--retry-delays",
        default="0,60,300",
        help="seconds before each redelivery of an event, separated by commas",
    )
    parser.add_argument("--post-rate", type=float, help="messages per second and channel")
    found = parser.parse_args(arguments)
    return Settings(
        host=found.host,
        port=found.port,
        db=found.db,
        seed=found.seed,
        manifests=found.manifest,
        ack_timeout=found.ack_timeout,
        retry_delays=tuple(float(part) for part in found.retry_delays.split(",") if part),
        post_rate=found.post_rate,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until interrupted."""
    settings = parse(arguments)
    if settings.port == 0:
        settings = replace(settings, port=free_port(settings.host))
    console = Console(stderr=True)
    console.print(f"Slack sandbox: [link]{settings.base_url}[/link]")
    console.print(f"SLACK_API_URL={settings.base_url}/api/", markup=False, highlight=False)
    console.print(f"demo tokens: {DEMO_BOT_TOKEN} {DEMO_APP_TOKEN}", highlight=False)
    try:
        serve(settings)
    except (OSError, ValueError) as error:
        console.print(f"cannot start: {error}", markup=False, highlight=False)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
