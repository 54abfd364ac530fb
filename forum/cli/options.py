"""The option every command has: which site."""

from pathlib import Path
from typing import Any

import click

from forum import config

KEY = "guildhall.instance"


def _keep(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.meta[KEY] = value.resolve()


instance_option = click.Option(
    ["--instance"],
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the site's settings, database and files. [default: $GUILDHALL_INSTANCE, else instance/]",
    expose_value=False,
    is_eager=True,
    callback=_keep,
)


def of_an_instance(command: Any) -> Any:
    """The command, with --instance."""
    command.params.append(instance_option)
    return command


def instance_folder() -> Path:
    """The folder that the command line names, else the usual one."""
    found: Path = click.get_current_context().meta.get(KEY) or config.instance_folder()
    return found
