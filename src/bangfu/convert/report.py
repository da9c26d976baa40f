"""What a conversion did: rows in, rows out, what was dropped or changed, and by which rule."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from bangfu.errors import Language
from bangfu.formats import number

RULES: dict[str, tuple[str, str]] = {
    "blank_row": ("empty rows", "空行"),
    "repeated_header": ("repeats of the header", "重复的表头行"),
    "total_row": ("rows of totals (合计)", "合计、小计行"),
    "not_kept": ("rows outside the mapping's `keep`", "不符合映射中 keep 条件的行"),
    "keep_missing": ("rows where `keep` has no answer", "keep 条件无法判断的行"),
    "no_household_id": ("rows without a household identifier", "没有户编号的行"),
    "no_year": ("rows without a year", "没有年份的行"),
    "combined": ("rows of persons put together into households", "按户合并的成员行"),
    "same_twice": ("rows that repeat another one exactly", "完全重复的行"),
    "duplicate_key": ("further rows of the same household and year", "同一户同一年的多余行"),
    "split_off": ("rows of split-off households", "分户产生的行"),
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
    "missing_code": ("missing codes set to missing in {column}", "{column} 中的缺失代码已设为缺失"),
    "file_missing": ("codes that the file itself declares missing set to missing in {column}", "{column} 中文件自身声明的缺失代码已设为缺失"),
    "unreadable": ("cells that could not be read set to missing in {column}, as the mapping allows", "{column} 中无法识别的单元格按映射设为缺失"),
    "suspect_code": ("values -1, -2, -8, -9 or -10 kept as numbers in {column}: declare them under `missing` if they are codes", "{column} 中的 -1、-2、-8、-9、-10 按数字保留;如为代码,请在 missing 中声明"),
    "column_absent": ("optional column {column} is not in the file; left empty", "文件中没有可选列 {column},留空"),
    "duplicate_header": ("header {column} stands more than once and is not used", "表头 {column} 重复,未使用"),
    "other_sheets": ("other sheets of the workbook were not read", "工作簿中的其他工作表未读取"),
    "unmatched": ("households without a row in the added file", "附加文件中没有对应行的户"),
    "linked": ("rows linked to an earlier wave by identifier", "按编号与以前各轮对上的行"),
    "split_new": ("split-off households that start as new households", "作为新户处理的分户"),
    "several_successors": ("rows whose earlier household has several successors and none keeps its identifier: new households", "原户有多个后续户且均未沿用编号,作为新户"),
    "village_changed": ("households whose village changes between years; the first is kept", "不同年份村不一致的户,保留第一次的"),
    "already_yes": ("households of {column} that say yes at their first answer: they may have joined earlier", "{column}:首次回答即为“是”的户,实际参加可能更早"),
    "left_again": ("households of {column} that say no after yes: to_year is their last yes", "{column}:先“是”后“否”的户,to_year 为最后一次“是”"),
    "between_waves": ("households of {column} that join in a year without incomes: counts from the next observed year", "{column}:在没有收入数据的年份参加的户,从下一观测年份起算"),
    "other_household": ("participation of households that are not in the register, left out", "户不在台账中的参加记录,未计入"),
    "total_derived": ("income_total made as the sum of all parts", "income_total 由各项收入相加得到"),
}  # fmt: skip
"""What was changed or noticed while rows stayed."""


@dataclass(slots=True)
class Entry:
    """A count of one rule in one file or table; never a value, never an identifier."""

    where: str
    rule: str
    count: int
    column: str = ""

    def text(self, lang: Language) -> str:
        """One line."""
        words = (RULES | NOTES)[self.rule][lang == "zh"].format(column=self.column)
        return f"{self.where}: {number(self.count)} {words} [{self.rule}]"


@dataclass(slots=True)
class ConvertReport:
    """Rows in, rows out, and everything between.

    Attributes
    ----------
    rows_in, record_rows : dict of file name to int
        Rows read, and household-year rows that came of them (a wide sheet gives one per year).
    dropped, notes : list of Entry
        What left and by which rule; what was changed or noticed.
    rows_out : dict of table name to int
    """

    mapping: str = ""
    rows_in: dict[str, int] = field(default_factory=dict)
    record_rows: dict[str, int] = field(default_factory=dict)
    dropped: list[Entry] = field(default_factory=list)
    notes: list[Entry] = field(default_factory=list)
    rows_out: dict[str, int] = field(default_factory=dict)

    def drop(self, where: str, rule: str, count: int) -> None:
        """Count rows that leave."""
        self._count(self.dropped, where, rule, count, "")

    def note(self, where: str, rule: str, count: int, column: str = "") -> None:
        """Count cells or rows that were changed or noticed."""
        self._count(self.notes, where, rule, count, column)

    @staticmethod
    def _count(entries: list[Entry], where: str, rule: str, count: int, column: str) -> None:
        if count <= 0:
            return
        for entry in entries:
            if (entry.where, entry.rule, entry.column) == (where, rule, column):
                entry.count += count
                return
        entries.append(Entry(where, rule, count, column))

    def text(self, lang: Language = "en") -> str:
        """The report as it is printed and written beside the register."""
        zh = lang == "zh"
        lines = ["读入" if zh else "Read"]
        for name, count in self.rows_in.items():
            records = number(self.record_rows.get(name, count))
            row = (
                f"{number(count)} 行,{records} 条户年记录"
                if zh
                else f"{number(count)} rows, {records} records"
            )
            lines.append(f"  {name}: {row}")
        for title, entries in (
            ("去掉的行" if zh else "Dropped", self.dropped),
            ("说明" if zh else "Noted", self.notes),
        ):
            lines.append(title)
            lines += [f"  {entry.text(lang)}" for entry in entries] or ["  无" if zh else "  nothing"]
        lines.append("写出" if zh else "Written")
        rows = "行" if zh else "rows"
        lines += [f"  {name}: {number(count)} {rows}" for name, count in self.rows_out.items()]
        return "\n".join(lines)

    def json(self) -> str:
        """The same, for programs."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    def __str__(self) -> str:
        return self.text()
