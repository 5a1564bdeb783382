"""``python -m arrayproto new-array mylib``: a small package with an array class that works."""

from __future__ import annotations

import keyword
import string
import sys
from importlib import resources
from pathlib import Path

#: What is written, to the template that it is made of; both below a folder of the package's name.
FILES = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    ".gitignore": "gitignore.txt",
    ".github/workflows/tests.yml": "tests.yml.txt",
    "src/{name}/__init__.py": "init.py.txt",
    "src/{name}/array.py": "array.py.txt",
    "src/{name}/py.typed": "empty.txt",
    "tests/test_array.py": "test_array.py.txt",
    "tests/known.txt": "known.txt",
}


def class_name(name: str) -> str:
    """What the class of a package is called: ``MylibArray``."""
    return "".join(map(str.capitalize, name.split("_"))) + "Array"


def new_array(name: str, cls: str | None = None, folder: str | Path = ".") -> Path:
    """Write a package.

    Parameters
    ----------
    name : str
        Of the package, and of the new folder that it is in.
    cls : str, optional
        Of the array class; `class_name` by default.
    folder : path, optional
        Where the new folder is made; the current one by default.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    ValueError
        If one of the names is none that Python can import, or one of its own modules.
    FileExistsError
        If there is such a folder.
    """
    cls = cls or class_name(name)
    for each in (name, cls):
        if not each.isidentifier() or keyword.iskeyword(each):
            raise ValueError(f"{each!r} is no name in Python; use letters, digits and underscores")
    if name in sys.stdlib_module_names or name in ("numpy", "arrayproto"):
        raise ValueError(f"there is a module {name!r} already; choose another name")
    root = Path(folder) / name
    if root.exists():
        raise FileExistsError(f"{root} is there already; choose another name or folder")
    templates = resources.files(__package__) / "templates"
    for path, template in FILES.items():
        text = (templates / template).read_text(encoding="utf-8")
        target = root / path.format(name=name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(string.Template(text).substitute(name=name, Class=cls), encoding="utf-8")
    return root


def main(name: str, cls: str | None, folder: str) -> int:
    """Write it, and say what to do next; the exit status is 2 if it cannot be written."""
    try:
        root = new_array(name, cls, folder)
    except (ValueError, FileExistsError) as error:
        print(f"new-array: {error}", file=sys.stderr)
        return 2
    print(
        f"{root} is written: its class, {cls or class_name(name)}, has all of NumPy's functions of "
        f"numbers. Next: cd {root} && python -m pip install -e '.[test]' && pytest; then put what "
        f"your arrays hold into src/{name}/array.py"
    )
    return 0
