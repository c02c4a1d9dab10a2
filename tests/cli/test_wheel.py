"""What is installed from the wheel works away from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from bot.manifest import manifest

ROOT = Path(__file__).parents[2]
SESSION = """
import json, wopo
from typer.testing import CliRunner
from wopo.cli.main import app
db = ["--db", "sqlite:///wopo.db"]
said = [wopo.__file__]
for command in (["manifest"], ["migrate", *db], ["audit", "verify", *db], ["import", "mappings"]):
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, (command, done.output, done.exception)
    said.append(done.output)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents, as an installation unpacks them."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "from hatchling.build import build_wheel; build_wheel(__import__('sys').argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_it_has_its_manifest_migrations_and_mappings(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SESSION],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    where, printed, migrated, verified, mappings = json.loads(done.stdout)
    assert where.startswith(str(installed))
    assert yaml.safe_load(printed) == manifest()
    assert migrated.startswith("Schema empty -> ")
    assert "All is well" in verified
    assert "adventureworks:" in mappings
