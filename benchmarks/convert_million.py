"""Time and memory of `convert` on office sheets of a million rows, long and wide, .csv and .xlsx.

    python benchmarks/convert_million.py [--rows N] [--out FILE]

Long: one row per household and year. Wide: one row per household, three years of four amounts beside each other, three
million records. Each conversion runs in a process of its own; written are the seconds by the clock and of the processor and
the highest resident memory. Sheets hold shared texts, as spreadsheet programs save them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

YEARS = (2015, 2016, 2017)
PARTS = {"income_wage": "工资性收入", "income_business": "经营净收入", "income_property": "财产净收入", "income_transfer": "转移净收入"}  # fmt: skip
MAIN = '"http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Row = list[str | int]


def long_rows(count: int) -> Iterator[Row]:
    """Each household in three years; every seventh joins in 2016, every eleventh in 2017."""
    yield ["户编号", "乡镇", "行政村", "年份", "家庭人口", *PARTS.values(), "是否参加合作社"]
    for i in range(count):
        home, year = divmod(i, 3)
        joined = (home % 7 == 0 and year > 0) or (home % 11 == 0 and year > 1)
        yield [*_home(home), YEARS[year], home % 5 + 1, *_amounts(home, year), "是" if joined else "否"]


def wide_rows(count: int) -> Iterator[Row]:
    """Every household once, with the year in the headers of amounts."""
    amounts = [f"{y}年{p}" for y in YEARS for p in PARTS.values()]
    yield ["户编号", "乡镇", "行政村", "家庭人口", *amounts, "参加合作社时间"]
    for home in range(count):
        joined = "2016年3月" if home % 7 == 0 else "2017-05-08" if home % 11 == 0 else ""
        yield [*_home(home), home % 5 + 1, *(a for y in range(3) for a in _amounts(home, y)), joined]


def _home(home: int) -> Row:
    return [f"H{home:08d}", f"第{home // 3000 % 40}镇", f"第{home // 100}村"]


def _amounts(home: int, year: int) -> Row:
    return [3000 + home * 37 % 20000 + year, home * 53 % 9000, home % 4 * 50, 400 + 100 * year]


def csv(path: Path, rows: Iterable[Row]) -> None:
    """A text table."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(",".join(map(str, row)) + "\n" for row in rows)


def xlsx(path: Path, rows: Iterable[Row]) -> None:
    """A workbook with one sheet and shared texts."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as parts:
        with parts.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            out.write(f"<worksheet xmlns={MAIN}><sheetData>".encode())
            for row in rows:
                cells = (
                    f'<c t="s"><v>{texts.setdefault(v, len(texts))}</v></c>' if isinstance(v, str) else f"<c><v>{v}</v></c>"
                    for v in row
                )  # fmt: skip
                out.write(f"<row>{''.join(cells)}</row>".encode())
            out.write(b"</sheetData></worksheet>")
        with parts.open("xl/sharedStrings.xml", "w", force_zip64=True) as out:
            out.write(f"<sst xmlns={MAIN}>".encode())
            for text in texts:
                out.write(f"<si><t>{escape(text)}</t></si>".encode())
            out.write(b"</sst>")
        kinds = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "sharedStrings": "sharedStrings"}
        types = "".join(
            f'<Override PartName="/xl/{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{k}+xml"/>'
            for n, k in kinds.items()
        )
        relations = "".join(
            f'<Relationship Id="r{i}" Type="{RELATIONS}/{k}" Target="{n}.xml"/>'
            for i, (n, k) in enumerate(
                (("worksheets/sheet1", "worksheet"), ("sharedStrings", "sharedStrings"))
            )
        )
        for name, text in {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r0" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
            "xl/workbook.xml": f'<workbook xmlns={MAIN} xmlns:r="{RELATIONS}"><sheets><sheet name="台账" sheetId="1" r:id="r0"/></sheets></workbook>',
        }.items():
            parts.writestr(name, text)


def mapping(path: Path, wide: bool) -> None:
    """The mapping of either sheet."""
    mark = "{year}年" if wide else ""
    lines = [
        '[register]\nid = "million"\ntitle_en = "A million rows"\ntitle_zh = "百万行"\nkind = "administrative"'
    ]
    lines += ['[[files]]\nname = "sheet"\nmatch = "*"', f"years = {list(YEARS)}" if wide else ""]
    lines += ['[variables]\nhousehold_id = "户编号"\ntownship_id = "乡镇"\nmembers = "家庭人口"']
    lines += ["village_id = { expr = \"joined('-', 乡镇, 行政村)\" }", "" if wide else 'year = "年份"']
    lines += [f'{name} = "{mark}{part}"' for name, part in PARTS.items()]
    lines += [f'joined = "{"参加合作社时间" if wide else "是否参加合作社"}"']
    lines += [f'[[participation]]\nmodel = "cooperative"\n{"since" if wide else "yes"} = "joined"\n']
    path.write_text("\n".join(lines), encoding="utf-8")


def one(folder: Path, sheet: str) -> None:
    """Convert one sheet, in this process."""
    from bangfu.convert import convert

    start = time.perf_counter()
    report = convert(folder / sheet, folder / f"{sheet.partition('.')[0]}.toml", folder / f"{sheet}.register")
    spent = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    done = {"seconds": round(spent), "cpu_seconds": round(time.process_time()), "memory_mib": round(most)}
    print(json.dumps(done | {"rows_out": report.rows_out}))


def main() -> None:
    """All four sheets, one after the other."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--rows", type=int, default=1_000_000)
    words.add_argument("--out", type=Path)
    words.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.one:
        one(Path(given.one[0]), given.one[1])
        return
    done = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shape, rows in (("long", long_rows), ("wide", wide_rows)):
            mapping(folder / f"{shape}.toml", shape == "wide")
            for kind, write in (("csv", csv), ("xlsx", xlsx)):
                sheet = f"{shape}.{kind}"
                write(folder / sheet, rows(given.rows))
                size = (folder / sheet).stat().st_size
                words_of_one = [sys.executable, __file__, "--one", str(folder), sheet]
                said = subprocess.run(words_of_one, check=True, capture_output=True, text=True).stdout
                done[sheet] = {"rows": given.rows, "file_mib": round(size / 2**20)} | json.loads(said)
                print(sheet, done[sheet], flush=True)
                (folder / sheet).unlink()
    if given.out:
        result = {"date": date.today().isoformat(), "sheets": done}
        given.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
