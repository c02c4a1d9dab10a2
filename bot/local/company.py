"""The small company that the local start opens with: CSV files, imported like any other."""

import csv
import tempfile
from importlib.resources import files
from pathlib import Path

import yaml

from wopo.cli.importing import csv_files
from wopo.cli.opening import Opened, new_id, utc_now
from wopo.domain.people import Person
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.identities import LinkIdentity
from wopo.usecases.settings import ChangeCompanySettings

NAME = "Harbour Foods"
TEAM = "T0HARBOUR1"
FOLDER = files("bot.local") / "company"
CHANNELS = {
    "C0NORTH001": ("plant-north", "Jobs at Plant North"),
    "C0SOUTH001": ("warehouse-south", "Jobs at Warehouse South"),
    "C0INVOICE1": ("invoices", "Drop invoices here"),
    "C0FINANCE1": ("finance-exceptions", "What does not match"),
    "C0WOPOOPS1": ("wopo-ops", "What wopo could not deliver"),
}


def is_empty(database: Opened) -> bool:
    """Whether nobody works here yet."""
    with database.transactions.read() as uow:
        return uow.count(Person) == 0


def import_files(url: str) -> None:
    """Import the company's files, with this year's and the next year's budgets."""
    year = utc_now().year
    years = {"last_year": year - 1, "year": year, "next_year": year + 1}
    with tempfile.TemporaryDirectory() as folder:
        for source in FOLDER.iterdir():
            text = source.read_text(encoding="utf-8")
            if source.name.endswith(".csv"):
                text = text.format(**years)
            (Path(folder) / source.name).write_text(text, encoding="utf-8")
        csv_files(str(Path(folder) / "company.yml"), Path(folder), db=url)


def load(database: Opened, url: str) -> None:
    """Fill an empty database: the company's files, its settings and its Slack users."""
    import_files(url)
    execute(
        database.door,
        ChangeCompanySettings(changes={"name": NAME, "currency": "EUR"}),
        actor=CONSOLE,
        key=f"local:{new_id()}",
    )
    for person in people():
        command = LinkIdentity(
            workspace_id=TEAM, user_id=slack_id(person["code"]), person=person["code"]
        )
        execute(database.door, command, actor=CONSOLE, key=f"local:{new_id()}")


def people() -> list[dict[str, str]]:
    """The company's people as in their file."""
    text = (FOLDER / "people.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def slack_id(code: str) -> str:
    """A person's Slack user id in the local workspace."""
    return f"U0{code.upper()}LOCAL"


def workspace_seed() -> str:
    """The local workspace's people and channels, as the sandbox takes them."""
    seed = {
        "team": {"id": TEAM, "name": NAME, "domain": "harbour-foods"},
        "people": [
            {
                "id": slack_id(person["code"]),
                "name": person["code"],
                "real_name": person["name"],
                "email": person["email"],
                "title": person["roles"].replace(";", ", "),
                "tz": person["timezone"],
            }
            for person in people()
        ],
        "channels": [
            {"id": id, "name": name, "topic": topic, "members": ["everyone", "bots"]}
            for id, (name, topic) in CHANNELS.items()
        ],
    }
    return yaml.safe_dump(seed, sort_keys=False, allow_unicode=True)
