"""Settings from the environment (and ``.env``). Nothing is read at import."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SLACK_API = "https://slack.com/api/"


class Settings(BaseSettings):
    """What an installation decides outside the database. Secrets never show in ``repr`` (A66)."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True)

    database_url: str = Field(
        "sqlite:///var/wopo.db", validation_alias="WOPO_DATABASE_URL", repr=False
    )
    """May hold a password, so it is not shown either."""
    bot_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    app_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    signing_secret: SecretStr = Field(SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field(SLACK_API, validation_alias="SLACK_API_URL")
    http_host: str = Field("127.0.0.1", validation_alias="WOPO_HTTP_HOST")
    http_port: int = Field(3000, ge=0, le=65535, validation_alias="WOPO_HTTP_PORT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="WOPO_LOG_LEVEL"
    )
    files_dir: Path = Field(Path("var/files"), validation_alias="WOPO_FILES_DIR")
    anchors_dir: Path | None = Field(None, validation_alias="WOPO_ANCHORS_DIR")
    """A folder outside the database where the audit trail is anchored each day; none: no file."""
    invoice_mapping: str = Field("invoices", validation_alias="WOPO_INVOICE_MAPPING")
    """The mapping by which invoices in tables are read: one that comes with wopo, or a file."""

    fonts_dir: Path | None = Field(None, validation_alias="WOPO_FONTS_DIR")
    """A folder with TrueType fonts for scripts that ours lack (Chinese, Japanese, Korean)."""
    smtp_host: str = Field("", validation_alias="WOPO_SMTP_HOST")
    """Empty: orders are not sent by e-mail."""
    smtp_port: int = Field(587, ge=1, le=65535, validation_alias="WOPO_SMTP_PORT")
    smtp_user: str = Field("", validation_alias="WOPO_SMTP_USER")
    smtp_password: SecretStr = Field(
        SecretStr(""), validation_alias="WOPO_SMTP_PASSWORD", repr=False
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", validation_alias="WOPO_SMTP_SECURITY"
    )
    smtp_from: str = Field("", validation_alias="WOPO_SMTP_FROM")
    """The address that orders come from."""

    @property
    def mails(self) -> bool:
        """Whether orders can be sent by e-mail."""
        return bool(self.smtp_host and self.smtp_from)

    @property
    def api_url(self) -> str:
        """The Web API's base URL, always with its closing slash."""
        return self.slack_api_url.rstrip("/") + "/"

    def missing(self, *, http: bool) -> list[str]:
        """Names of the variables that must be set before the bot can start in this mode."""
        needed = {"SLACK_BOT_TOKEN": self.bot_token}
        if http:
            needed["SLACK_SIGNING_SECRET"] = self.signing_secret
        else:
            needed["SLACK_APP_TOKEN"] = self.app_token
        return [name for name, secret in needed.items() if not secret.get_secret_value()]
