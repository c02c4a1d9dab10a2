"""How one sandbox runs: where it listens, where it keeps its workspace, how long Slack waits."""

from dataclasses import dataclass, field
from pathlib import Path

DEMO_BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - a well-known token of a local stand-in
DEMO_APP_TOKEN = "xapp-sandbox"  # noqa: S105
DEMO_SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105


@dataclass
class Settings:
    """All times are seconds. The defaults are Slack's own; tests compress them."""

    host: str = "127.0.0.1"
    port: int = 8800
    db: str | Path = ":memory:"
    seed: Path | None = None
    """YAML that fills an empty workspace; a workspace that already has people is left alone."""
    manifests: list[Path] = field(default_factory=list)
    """Slack app manifests installed (or brought up to date) at start."""
    ack_timeout: float = 3.0
    trigger_ttl: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    """Wait before the 1st, 2nd and 3rd redelivery of an event nobody acknowledged."""
    hook_ttl: float = 1800.0
    hook_uses: int = 5
    max_sockets: int = 10
    connection_life: float = 3600.0
    """After this a socket is asked to reconnect, as Slack refreshes connections."""
    warning_time: float = 10.0
    """How long before a refresh the warning comes."""
    ping_interval: float = 1.0
    """How often open sockets are pinged; a client that waits for a frame wakes up by it."""
    post_rate: float | None = None
    """Messages per second and channel before a 429; None lets a channel be flooded."""
    post_burst: int = 5
    random_seed: int = 0
    """Seeds the faults and the choice among sockets."""
    max_upload: int = 1_000_000_000
    log_size: int = 10_000

    @property
    def base_url(self) -> str:
        """Where clients reach the sandbox, without a slash at the end."""
        return f"http://{self.host}:{self.port}"
