"""LibreOffice, where it is installed: makes a PDF of an Office file, in a profile that is thrown away."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from forum.previews.child import MEGABYTE, Broke, Limits, lines_of

LIMITS = Limits(cpu=180, memory=1536 * MEGABYTE, output=512 * MEGABYTE, silence=120, total=120)
#: it leaves so after it has made its profile, and wants to be started again
AGAIN = 81
PLACES = ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice/program",
          "/Applications/LibreOffice.app/Contents/MacOS")  # fmt: skip
PROGRAMS = ("soffice.bin", "soffice")
FILTERS = {"slides": "impress", "document": "writer", "sheet": "calc"}
#: each part of it comes as a package of its own, and with this library
PARTS = {"slides": "libsdlo.so", "document": "libswlo.so", "sheet": "libsclo.so"}
OPTIONS: dict[str, tuple[str, object]] = {
    "ExportHiddenSlides": ("boolean", "true"),  # so that numbers are those of the deck
    "ReduceImageResolution": ("boolean", "true"),
    "MaxImageResolution": ("long", "150"),
    "Quality": ("long", "80"),
    "UseTaggedPDF": ("boolean", "false"),
    "ExportBookmarks": ("boolean", "false"),
}
#: macros never run, nothing is fetched from elsewhere, no link is followed
SETTINGS = {
    "/org.openoffice.Office.Common/Security/Scripting": {
        "MacroSecurityLevel": "3", "DisableMacrosExecution": "true", "DisableActiveContent": "true",
        "BlockUntrustedRefererLinks": "true",
    },
    "/org.openoffice.Office.Common/Misc": {"FirstRun": "false", "UseSystemFileDialog": "false"},
    "/org.openoffice.Office.Common/Save/Document": {"CreateBackup": "false", "AutoSave": "false"},
    "/org.openoffice.Office.Writer/Content/Update": {"Link": "0"},
    "/org.openoffice.Office.Calc/Content/Update": {"Link": "1"},
    "/org.openoffice.Office.Java/VirtualMachine": {"Enable": "false"},
}  # fmt: skip


def found() -> Path | None:
    """The program, if it is installed."""
    known = shutil.which("soffice")
    folders = ([Path(known).resolve().parent] if known else []) + [Path(place) for place in PLACES]
    return next((folder / name for folder in folders for name in PROGRAMS if (folder / name).is_file()), None)


def makes(kind: str) -> bool:
    """Whether it is installed with the part that reads slides, documents or sheets."""
    program = found()
    return program is not None and (program.suffix != ".bin" or (program.parent / PARTS[kind]).is_file())


def lacks() -> list[str]:
    """The packages that are missing beside it, as Debian calls them."""
    return [f"libreoffice-{FILTERS[kind]}" for kind in FILTERS if not makes(kind)]


def to_pdf(source: Path, kind: str, folder: Path, beat: Callable[[], None]) -> Path | None:
    """The PDF of an Office file, in that folder; None where the program could make none of it. Raises Stopped."""
    program = found()
    assert program is not None
    profile, made = folder / "profile", folder / "made"
    write_profile(profile)
    options = json.dumps({name: {"type": kind_, "value": value} for name, (kind_, value) in OPTIONS.items()})
    command = [
        str(program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
        "--nodefault", "--convert-to", f"pdf:{FILTERS[kind]}_pdf_Export:{options}", "--outdir", str(made), str(source),
    ]  # fmt: skip
    for _ in range(2):
        try:
            list(lines_of(command, folder, LIMITS, beat))
        except Broke as error:
            if str(error).endswith(f" {AGAIN}"):
                continue
            return None
        break
    return next(iter(sorted(made.glob("*.pdf"))), None) if made.is_dir() else None


def write_profile(profile: Path) -> None:
    """A fresh profile with our settings."""
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, values in SETTINGS.items()
        for name, value in values.items()
    )
    place = profile / "user" / "registrymodifications.xcu"
    place.parent.mkdir(parents=True)
    place.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>"
    )
