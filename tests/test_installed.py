"""The site starts with what a host installs: the packages of the tests and of single engines are not there."""

import ast
import configparser
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"[\w.-]+")


def plain(name):
    """A package's name as indexes write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", NAME.match(name)[0]).lower()


def installed():
    """The packages that `pip install .` brings, with all that they need themselves."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    found, waiting = set(), [plain(line) for line in settings["options"]["install_requires"].split("\n") if line]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # not for this platform
            continue
        waiting += [plain(line) for line in needed if "extra ==" not in line]
    return found


def imported(source):
    """The names of the modules that a file needs to be imported itself."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def foreign(source, there, packages):
    """Those of them that come with a package which is not there."""
    tops = {name.split(".")[0] for name in imported(source)} - set(sys.stdlib_module_names) - {"forum"}
    return {top for top in tops if not {plain(name) for name in packages.get(top, [])} & there}


#: what only a host with an extra needs: nothing may import it by its name
OF_EXTRAS = {"forum/kit/sealing.py": {"http_ece", "py_vapid", "cryptography"}}


def test_what_the_site_imports_is_installed_with_it():
    there, packages = installed(), metadata.packages_distributions()
    files = {str(path.relative_to(ROOT)): path.read_text() for path in ROOT.glob("forum/**/*.py")}
    found = {path: foreign(source, there, packages) for path, source in files.items()}
    assert {path: names for path, names in found.items() if names} == OF_EXTRAS


@pytest.mark.parametrize("path", OF_EXTRAS)
def test_what_an_extra_needs_is_loaded_only_where_it_is_used(path):
    module = path.removesuffix(".py").replace("/", ".")
    package, _, name = module.rpartition(".")
    for other in ROOT.glob("forum/**/*.py"):
        source = other.read_text()
        assert module not in set(imported(source)), other
        assert f"from {package} import {name}" not in source, other
    loaded = "import sys, forum.cli; sys.exit(sys.argv[1] in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded, module], cwd=ROOT, check=False).returncode == 0


def test_the_test_sees_a_package_that_is_missing():
    there, packages = installed(), metadata.packages_distributions()
    assert foreign("from psycopg.pq import TransactionStatus\nimport pytest.x, flask, os", there, packages) == {
        "psycopg", "pytest",
    }  # fmt: skip
