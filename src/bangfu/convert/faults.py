"""What can be at fault in the files themselves, counted by file, rule and column; never with a value."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.errors import DataFault, Fault

_DECLARE = (
    'declare them under `missing` or `recode`, or set options.unreadable = "missing"',
    '请在 missing 或 recode 中声明,或设 options.unreadable = "missing"',
)
WORDS: dict[str, tuple[str, str]] = {
    "column_present": (
        "the file has no such column, which the mapping needs for {more}; correct the mapping, or set optional = true",
        "文件没有此列,映射中 {more} 需要它;请修改映射,或设 optional = true",
    ),
    "file_needed": (
        "this comes from another file; give {more} too",
        "该项来自另一个文件;请同时给出 {more}",
    ),
    "header_found": (
        "none of the mapping's columns is in the header row; is the header another row? set header_row, or start from --suggest",
        "表头行中没有映射所列的任何一列;表头是否在其他行?请设置 header_row,或先用 --suggest 生成映射",
    ),
    "header_unique": (
        "the header stands more than once; rename one of the columns",
        "表头重复,请改名",
    ),
    "identifier_precision": (
        "the identifier is stored in single precision and has lost digits; get the file with it stored as long, double or text",
        "编号以单精度存储,已丢失位数;请改用 long、double 或文本存储的文件",
    ),
    "identifier_digits": (
        "identifiers have lost digits (a number too long for the program that saved it); store them as text",
        "编号已丢失位数(数字过长);请以文本保存",
    ),
    "cell_number": (
        f"cells are not a number{{more}}; {_DECLARE[0]}",
        f"单元格不是数字{{more}};{_DECLARE[1]}",
    ),
    "cell_year": (
        f"cells are not a year or date{{more}}; {_DECLARE[0]}",
        f"单元格不是年份或日期{{more}};{_DECLARE[1]}",
    ),
    "cell_answer": (
        f"cells are not yes or no{{more}}; {_DECLARE[0]}",
        f"单元格不是“是/否”{{more}};{_DECLARE[1]}",
    ),
    "cell_flag": (
        'cells are not 1 or 0 (or yes or no){more}; recode them, as in recode = {{ "男" = 0, "女" = 1 }}',
        '单元格不是1或0(或是/否){more};请用 recode 转换,如 recode = {{ "男" = 0, "女" = 1 }}',
    ),
    "members_least": (
        "fewer than one member, or more than 100; mend the cells, or declare codes under `missing`",
        "家庭人口小于1或大于100;请改正,或在 missing 中声明代码",
    ),
    "expression": ("the expression cannot be worked out: {more}", "表达式无法计算:{more}"),
    "sheet_present": ("the workbook has no sheet {more}", "工作簿没有工作表 {more}"),
    "joining_unmatched": (
        "rows that tell of a joining have no household in the main file, whose households would pass for ones that "
        'never joined; mend the identifiers in either file, or set options.unmatched_joining = "drop"',
        '有参加记录的行在主文件中找不到对应的户,这些户会被误作未参加户;请改正两表中的编号,或设 options.unmatched_joining = "drop"',
    ),
    "participation_present": (
        "nobody takes up a model, so that there is nothing to compare; name a yes/no question or a date under "
        "[[participation]], or say that there is none: options.no_participation = true (--no-participation)",
        "没有任何参加记录,无从比较;请在 [[participation]] 中指明是否题或参加日期,或说明确无参加户:"
        "options.no_participation = true(--no-participation)",
    ),
    "no_participation": (
        "the mapping says that nobody takes up a model, but the files tell of some; take no_participation away",
        "映射说明没有参加户,但文件中有;请删去 no_participation",
    ),
    "key_unique": (
        "several rows have the same key; use `combine`",
        "同一键值有多行,请用 combine",
    ),
    "duplicate_key": (
        'several rows of one household and year differ; correct the file, use `combine` for rows of persons, or set options.duplicates = "first" or "last"',
        "同一户同一年有多行且内容不同;请修正文件,按人一行的表请用 combine,或设 options.duplicates 为 first 或 last",
    ),
    "rows_left": (
        "no row is left: look at `keep`, the header row, and the columns of households, villages, members and incomes",
        "没有剩下任何行:请检查 keep、表头行,以及户、村、人口和收入各列",
    ),
}
"""Rule -> what is said, in English and in Chinese."""


class Faults:
    """Collects faults, so that one run names them all."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, str], Fault] = {}

    def say(
        self,
        file: str,
        rule: str,
        column: str = "",
        rows: Iterable[int] = (),
        count: int = 1,
        more: str | tuple[str, str] = "",
    ) -> None:
        """Add cells at fault; rows as the sheet or text file shows them, at most five examples."""
        key = (file, rule, column)
        before = self.found.get(key)
        examples = dict.fromkeys((before.rows if before else ()) + tuple(int(r) for r in rows))
        pair = (more, more) if isinstance(more, str) else more
        en, zh = (words.format(more=said) for words, said in zip(WORDS[rule], pair, strict=True))
        total = count + (before.count if before else 0)
        self.found[key] = Fault(file, rule, en, zh, column=column, rows=tuple(examples)[:5], count=total)

    def stop(self) -> None:
        """Raise what was found, if anything."""
        if self.found:
            raise DataFault(list(self.found.values()))
