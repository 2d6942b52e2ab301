"""A small real store that travels with the program, so that it can be tried with nothing at hand.

``stores.zip`` holds four OME-Zarr stores; ``NOTICE.md`` says where their pixels come from
and under which licences; ``build.py`` made the archive and is not needed to use it.
"""

from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

NOTICE = "NOTICE.md"
UNFINISHED = ".unpacking-"


def write_demo(folder: Path) -> Path:
    """Unpack the sample stores into a folder, or find them there from an earlier time.

    Each store appears in the folder whole or not at all: it is unpacked beside its place
    and then renamed into it. A call that was cut short is completed by the next one, and
    stores that are there already, edited or not, are left as they are.

    Parameters
    ----------
    folder
        A new or empty folder, or one that this function filled before. It is made, with
        its parents, where it is missing.

    Returns
    -------
    Path
        The same folder. It holds ``cells``, ``embryo-0.4``, ``brain`` and ``plate``, each
        with the ending ``.ome.zarr``, and the notice that names their sources.

    Raises
    ------
    FileExistsError
        When the folder holds anything else, or is a file. Nothing is written then.
    OSError
        When the folder cannot be written.
    """
    package = files(__name__)
    with (package / "stores.zip").open("rb") as stream, ZipFile(stream) as archive:
        members: dict[str, list[str]] = {}
        for member in archive.namelist():
            members.setdefault(member.partition("/")[0], []).append(member)

        found = _contents(folder)
        # The notice is the first to arrive, so it tells a demo from a folder of the user's.
        if found and not (NOTICE in found and found <= {NOTICE, *members}):
            raise FileExistsError(f"{folder} is not empty: the demo wants a folder of its own")
        if found == {NOTICE, *members}:
            return folder

        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as name:
            unpacked = Path(name)
            if NOTICE not in found:
                (unpacked / NOTICE).write_bytes((package / NOTICE).read_bytes())
                (unpacked / NOTICE).rename(folder / NOTICE)
            for store in members.keys() - found:
                archive.extractall(unpacked, members[store])
                (unpacked / store).rename(folder / store)
    return folder


def _contents(folder: Path) -> set[str]:
    """Names in a folder; of a call that was cut short, only what it had finished."""
    if not folder.exists():
        return set()
    if not folder.is_dir():
        raise FileExistsError(f"{folder} is a file: the demo wants a folder of its own")
    return {entry.name for entry in folder.iterdir() if not entry.name.startswith(UNFINISHED)}
