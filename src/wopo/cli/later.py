"""Commands that are loaded when they are called: none waits for what the others need."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class Place(NamedTuple):
    """Where a command stands."""

    module: str
    attribute: str = "app"
    """A ``typer.Typer``, or the function that is the command."""

    def load(self) -> Any:
        """What stands there."""
        return getattr(import_module(self.module), self.attribute)


class Later(TyperCommand):
    """A command of which the name and what ``--help`` says of it are known before it is loaded.

    When the context holds a function (``app(obj=...)``), it is called after loading.
    """

    def __init__(self, name: str, load: Callable[[], Any], sentence: str = "") -> None:
        super().__init__(name, help=sentence)
        self.load = load

    def loaded(self) -> Any:
        """The command itself."""
        found = self.load()
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(self.name)(found)
            command = get_command(alone)
        command.name = self.name
        return command

    def make_context(
        self, info_name: str | None, args: Any, parent: Any = None, **more: Any
    ) -> Any:
        """The loaded command's context: from here on that one answers."""
        command = self.loaded()
        if parent is not None and parent.obj is not None:
            parent.obj()
        return command.make_context(info_name, args, parent, **more)


def group_of(*later: Later) -> type[TyperGroup]:
    """A group of such commands, for ``typer.Typer(cls=...)``."""

    class Group(TyperGroup):
        def __init__(self, *, commands: Any = None, **more: Any) -> None:
            found = dict(commands or {}) | {one.name: one for one in later}
            super().__init__(commands=found, **more)

        def list_commands(self, ctx: Any) -> list[str]:
            for name, one in self.commands.items():
                if isinstance(one, Later) and not one.help:
                    self.commands[name] = one.loaded()
            return super().list_commands(ctx)

    return Group
