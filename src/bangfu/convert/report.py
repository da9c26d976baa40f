"""What a conversion did: rows in, rows out, what was dropped or changed, and by which rule."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from bangfu.characters import typeset
from bangfu.errors import Fault, Language
from bangfu.formats import number

RULES: dict[str, tuple[str, str]] = {
    "blank_row": ("empty rows", "空行"),
    "repeated_header": ("repeats of the header", "重复的表头行"),
    "total_row": ("rows of totals (合计)", "合计、小计行"),
    "footnote": ("footnotes (注, 制表人)", "注释、制表人等行"),
    "unit_row": ("rows of units under the header", "表头下的单位行"),
    "not_kept": ("rows outside the mapping's `keep`", "不符合映射中 keep 条件的行"),
    "keep_missing": ("rows where `keep` has no answer", "keep 条件无法判断的行"),
    "no_household_id": ("rows without a household identifier", "没有户编号的行"),
    "no_year": ("rows without a year", "没有年份的行"),
    "combined": ("rows of persons put together into households", "按户合并的成员行"),
    "same_twice": ("rows that repeat another one exactly", "完全重复的行"),
    "duplicate_key": ("further rows of the same household and year", "同一户同一年的多余行"),
    "split_off": ("rows of split-off households", "分户产生的行"),
    "joining_unknown": (
        "rows of households whose joining is unknown, left out of all tables",
        "参加情况不明的户的行,各表均不含",
    ),
    "no_village": ("rows of households without a village", "没有村的户的行"),
    "no_members": ("income rows without the number of members", "缺少家庭人口数的收入行"),
    "no_income": ("income rows without any income", "没有任何收入数据的收入行"),
    "not_joined": (
        "rows of an added file that no household of the main file has",
        "附加文件中主文件没有的行",
    ),
}
"""Why rows leave, in both languages."""

NOTES: dict[str, tuple[str, str]] = {
    "missing_code": ("missing codes set to missing", "个缺失代码已设为缺失"),
    "file_missing": ("codes that the file itself declares missing set to missing", "个由文件自身声明的缺失代码已设为缺失"),
    "unreadable": ("cells that could not be read set to missing, as the mapping allows", "个无法识别的单元格按映射设为缺失"),
    "said_no": ("cells that say no, or are declared under `never`, where joining is told: not joined", "个参加情况单元格写有“未参加”等或在 never 中声明,视为未参加"),
    "serial_dates": ("cells hold the day count of a spreadsheet and were read as dates", "个单元格为表格软件的日期序号,已按日期读取"),
    "short_years": ("years of two digits were read (17.5 as May 2017)", "个两位数年份已补全(17.5 读作2017年5月)"),
    "blank_answer": ("empty cells of a yes/no question: no answer in that year, counted neither as yes nor as no", "个是否题单元格为空,视为当年未问,不计是否"),
    "joining_silent": ("households left out: they never answer the question that others answer", "户从未回答是否题,不计入"),
    "since_differs": ("households with several dates of joining: the first is taken", "户有多个参加时间,取最早"),
    "joining_unread": ("households left out: their joining cannot be read", "户因参加情况无法识别而不计入"),
    "joining_code": ("households left out: a missing code stands for their joining", "户因参加情况为缺失代码而不计入"),
    "joining_late": ("households left out: they join after the last year of the files", "户因参加时间晚于文件最后年份而不计入"),
    "joining_undated": ("households left out: they joined, but no date says when", "户已参加但无时间,不计入"),
    "joining_contradicts": ("households left out: a date of joining beside a no", "户有参加时间却答“否”,不计入"),
    "suspect_code": ("values -1, -2, -8, -9 or -10 kept as numbers: declare them under `missing` if they are codes", "个 -1、-2、-8、-9、-10 按数字保留;如为代码,请在 missing 中声明"),
    "other_column": ("rows take this column, since those named before it are not in the file", "行取自该列,因为排在它前面的列不在文件中"),
    "unread_dates": ("of them are dates: show the column as numbers", "个是日期:请将该列改为数字格式"),
    "unread_commas": ("of them have a comma where the decimal point should be (30000,07)", "个以逗号作小数点(30000,07)"),
    "place_blanks": ("names of places lose blanks or line breaks within", "个地名去掉了中间的空格或换行"),
    "column_absent": ("optional column(s) not in the file, left empty", "个可选列不在文件中,留空"),
    "no_weights": ("households without a weight, as all others: each stands for itself", "户均无权数:每户按一户计"),
    "duplicate_header": ("headers stand more than once and are not used", "个表头重复,未使用"),
    "cut_identifiers": ("identifiers of more than fifteen digits all end in zeros: a spreadsheet may have cut them", "个超过15位的编号末几位全为零,可能已被表格软件截断"),
    "other_sheets": ("other sheets of the workbook were not read", "个其他工作表未读取"),
    "hidden_sheets": ("hidden sheets of the workbook were not read", "个隐藏的工作表未读取"),
    "unmatched": ("rows of the main file have no household in this file", "条主文件记录的户不在该文件中"),
    "linked": ("rows linked to an earlier wave by identifier", "条记录按编号与以前各轮对上"),
    "split_new": ("split-off households that start as new households", "个分户作为新户处理"),
    "several_successors": ("rows whose earlier household has several successors and none keeps its identifier: new households", "条记录的原户有多个后续户且均未沿用编号,作为新户"),
    "village_changed": ("households whose village changes between years; the first is kept", "户各年所在村不一致,保留第一次的"),
    "already_yes": ("households had already joined when first asked; they may have joined earlier than recorded", "户首次回答即为“是”,实际参加可能更早"),
    "left_again": ("households say no after yes: to_year is their last yes", "户先“是”后“否”,to_year 为最后一次“是”"),
    "between_waves": ("households join in a year without incomes: counts from the next observed year", "户在没有收入数据的年份参加,从下一观测年份起算"),
    "total_derived": ("rows with income_total made as the sum of all parts", "行的 income_total 由各项收入相加得到"),
    "parts_emptied": ("rows whose parts differ from income_total by more than 1 yuan: the total stays, the parts are missing", "行的各项收入之和与 income_total 相差超过1元:保留总额,各项设为缺失"),
}  # fmt: skip
"""What was changed or noticed while rows stayed."""

_NAMED, _SHOWN = 1000, 20
"""Rows that a report names in JSON, and as text."""

NO_PARTICIPATION = (
    "nobody takes up a model: name a yes/no question or a date under [[participation]] of the mapping",
    "没有任何参加记录:请在映射的 [[participation]] 中指明是否题或参加日期",
)


@dataclass(slots=True)
class Entry:
    """A count of one rule in one file or table; never a value, never an identifier.

    ``rows`` are where the households that were left out stand in the file, at most a thousand.
    """

    where: str
    rule: str
    count: int
    column: str = ""
    rows: tuple[int, ...] = ()


@dataclass(slots=True, repr=False)
class ConvertReport:
    """Rows in, rows out, and everything between.

    Attributes
    ----------
    mapping : str
    rows_in, record_rows : dict of file name to int
        Rows read, and household-year rows that came of them (a wide sheet gives one per year).
    dropped, notes : list of Entry
        What left and by which rule; what was changed or noticed.
    rows_out : dict of table name to int
    cautions : tuple of two tuples of str
        What the mapping itself warns of, in English and in Chinese.
    warnings : tuple of Fault
        What ``bangfu check`` warns of in the register; rows are those of the files read.
    """

    mapping: str = ""
    rows_in: dict[str, int] = field(default_factory=dict)
    record_rows: dict[str, int] = field(default_factory=dict)
    dropped: list[Entry] = field(default_factory=list)
    notes: list[Entry] = field(default_factory=list)
    rows_out: dict[str, int] = field(default_factory=dict)
    cautions: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    warnings: tuple[Fault, ...] = ()

    def drop(self, where: str, rule: str, count: int) -> None:
        """Count rows that leave."""
        self._count(self.dropped, where, rule, count, "")

    def note(self, where: str, rule: str, count: int, column: str = "", rows: Iterable[int] = ()) -> None:
        """Count cells or rows that were changed or noticed, and name the rows."""
        self._count(self.notes, where, rule, count, column, tuple(map(int, rows)))

    def lost(self) -> tuple[str, str]:
        """Which columns have cells that could not be read, where no row is left."""
        found = [e for e in self.notes if e.rule.startswith("unread")]
        en = "; ".join(f"{e.where}, {e.column}: {e.count} {NOTES[e.rule][0]}" for e in found)
        zh = ";".join(f"{e.where},{e.column}:{e.count}{NOTES[e.rule][1]}" for e in found)
        return (f" ({en})", f"({zh})") if found else ("", "")

    @staticmethod
    def _count(
        entries: list[Entry], where: str, rule: str, count: int, column: str, rows: tuple[int, ...] = ()
    ) -> None:
        count = int(count)  # counts of pandas are no integers of JSON
        if count <= 0:
            return
        for entry in entries:
            if (entry.where, entry.rule, entry.column) == (where, rule, column):
                entry.count += count
                entry.rows = (entry.rows + rows)[:_NAMED]
                return
        entries.append(Entry(where, rule, count, column, rows[:_NAMED]))

    def text(self, lang: Language = "en") -> str:
        """The report as it is printed and written beside the register."""
        zh = lang == "zh"
        lines = ["读入" if zh else "Read"]
        for name, count in self.rows_in.items():
            rows, records = number(count), number(self.record_rows.get(name, count))
            row = f"{rows}行,{records}条户·年观测" if zh else f"{rows} rows, {records} records"
            lines.append(f"  {name}: {row}")
        lines += ["去掉的行" if zh else "Dropped", *_lines(self.dropped, RULES, lang)]
        lines += ["说明" if zh else "Noted", *_lines(self.notes, NOTES, lang)]
        lines.append("写出" if zh else "Written")
        lines += [f"  {n}: {number(c)}{'行' if zh else ' rows'}" for n, c in self.rows_out.items()]
        if self.rows_out.get("participation") == 0:
            lines.append(f"  {NO_PARTICIPATION[zh]}")
        if self.warnings:
            lines += [
                "核对提醒" if zh else "Cautions from the check",
                *(f"  {w.text(lang)}" for w in self.warnings),
            ]
        cautions = self.cautions[zh] or self.cautions[0]
        if cautions:
            lines += ["映射文件提醒" if zh else "Cautions from the mapping", *(f"  {c}" for c in cautions)]
        return "\n".join(map(typeset, lines) if zh else lines)

    def json(self) -> str:
        """The same, for programs."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    def __repr__(self) -> str:
        return self.text()


def _lines(entries: list[Entry], words: dict[str, tuple[str, str]], lang: Language) -> list[str]:
    """One line per file and rule; the columns behind it, each with its count."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.where, entry.rule), []).append(entry)
    zh, lines = lang == "zh", []
    for (where, rule), found in groups.items():
        total = number(sum(e.count for e in found))
        columns = [f"{e.column} {number(e.count)}" if len(found) > 1 else e.column for e in found if e.column]
        behind = (f":{'、'.join(columns)}" if zh else f": {', '.join(columns)}") if columns else ""
        link = ("行:" if words is RULES else "") if zh else " "
        rows = [str(r) for e in found for r in e.rows]
        named = ", ".join(rows[:_SHOWN]) + (" ..." if len(rows) > _SHOWN else "")
        behind += (f"(第{named}行)" if zh else f" (rows {named})") if named else ""
        said = f"{total}{link}{words[rule][zh]}"
        lines.append(f"  {where}: {said}{behind} [{rule}]")
    return lines or ["  无" if zh else "  nothing"]
