"""A font of another shape under the family names of the bundled ones, installed as a user's own."""

from pathlib import Path

import matplotlib
from fontTools.ttLib import TTFont

FAMILIES = ("Noto Sans CJK SC", "Noto Serif CJK SC")
DEJAVU = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans-Oblique.ttf")


def install(home: Path) -> dict[str, str]:
    """Put one font per family below a home; gives the environment of a process that lives there."""
    folder = home / ".local/share/fonts"
    folder.mkdir(parents=True)
    for family in FAMILIES:
        font = TTFont(DEJAVU)
        for record in font["name"].names:
            if record.nameID in (1, 4, 16):
                record.string = family
            elif record.nameID in (2, 17):
                record.string = "Regular"
        font.save(folder / f"{family}.ttf")
    return {
        "HOME": str(home), "USERPROFILE": str(home), "XDG_DATA_HOME": str(folder.parent), "XDG_CACHE_HOME": str(home),
        "MPLCONFIGDIR": str(home / "matplotlib"), "TYPST_FONT_PATHS": str(folder),
    }  # fmt: skip
