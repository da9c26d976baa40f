"""What can be at fault in the files themselves, counted by file, rule and column; never with a value."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.errors import DataFault, Fault

_DECLARE = (
    'declare them under `missing` or `recode`, or set options.unreadable = "missing"',
    '请在 missing 或 recode 中声明,或设 options.unreadable = "missing"',
)
_LEAVE = (
    'Correct the cells, or set options.unreadable_joining = "leave_out": such households then leave all tables and are counted',
    '请改正单元格,或设 options.unreadable_joining = "leave_out":这些户不计入任何表并计数',
)
_JOINS = "they would otherwise count as households that never joined", "否则会被当作从未参加的户"
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
        "the header appears more than once; rename one of the columns",
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
        f"cells are not a year or date{{more}}, or are a part of a year (上半年, H1) or before 1950; {_DECLARE[0]}",
        f"单元格不是年份或日期{{more}},或只是半年、季度,或早于1950年;{_DECLARE[1]}",
    ),
    "cell_answer": (
        f"cells are not yes or no{{more}}; {_DECLARE[0]}",
        f"单元格不是“是/否”{{more}};{_DECLARE[1]}",
    ),
    "cell_flag": (
        'cells are not 1 or 0 (or yes or no){more}; recode them, as in recode = {{ "男" = 0, "女" = 1 }}',
        '单元格不是1或0(或是/否){more};请用 recode 转换,如 recode = {{ "男" = 0, "女" = 1 }}',
    ),
    "joining_unread": (
        f"whether or when the household joined cannot be read{{more}}; {_JOINS[0]}. Write a year or date (2017, 2017-05), yes or no; declare codes for no joining as never = [..]. {_LEAVE[0]}",
        f"无法识别是否参加或何时参加{{more}},{_JOINS[1]}。请写年份或日期(2017、2017-05)或是/否;表示未参加的代码请声明 never = [..];{_LEAVE[1]}",
    ),
    "joining_several": (
        f"several years where one date of joining should be (2016-2017); {_JOINS[0]}. Write the first year alone. {_LEAVE[0]}",
        f"参加时间写有多个年份(如2016-2017),请只写最早的年份;{_JOINS[1]}。{_LEAVE[1]}",
    ),
    "joining_either": (
        f"a date of joining that can be read in two ways (12.5: December or 2012); {_JOINS[0]}. Write the year with four digits (2012.5). {_LEAVE[0]}",
        f"参加时间有两种读法(12.5:12月或2012年),请写四位年份(2012.5);{_JOINS[1]}。{_LEAVE[1]}",
    ),
    "joining_kind": (
        f"the cells name something that no rule of the mapping matches, or deny a model (未参加合作社){{more}}; {_JOINS[0]}. Add a rule or a model under [[models]], or declare never = [..]. {_LEAVE[0]}",
        f"单元格所写不符合映射中任何模式的规则,或写有否定(未参加合作社){{more}},{_JOINS[1]}。请补充规则或在 [[models]] 中添加模式,或声明 never = [..];{_LEAVE[1]}",
    ),
    "joining_code": (
        f"a missing code (refused, not known) stands for joining; {_JOINS[0]}. If the code means that the household did not join, declare it as never = [..]. {_LEAVE[0]}",
        f"参加情况为缺失代码(拒答、不知道),{_JOINS[1]}。如代码表示未参加,请声明 never = [..];{_LEAVE[1]}",
    ),
    "joining_late": (
        f"a date of joining after the last year of the files: a slip of the pen? If it is right, say when the file was made (wave = 2019 under [[files]]). {_LEAVE[0]}",
        f"参加时间晚于文件的最后年份,是否笔误?如无误,请在 [[files]] 中写明调查年份(wave = 2019);{_LEAVE[1]}",
    ),
    "joining_undated": (
        f'the household joined, or stands in a list of those who joined, but no date says when; {_JOINS[0]}. Give the year; if an empty date means no, write blank = "no" for it in the mapping. {_LEAVE[0]}',
        f'该户已参加或列于参加户名单,但没有时间,{_JOINS[1]}。请补上年份;如空白表示未参加,请在映射中为其写 blank = "no";{_LEAVE[1]}',
    ),
    "joining_silent": (
        f'households never answer whether they joined, while others do; {_JOINS[0]}. If an empty cell means no, write blank = "no" for it in the mapping. {_LEAVE[0]}',
        f'有户从未回答是否参加,而其他户有回答,{_JOINS[1]}。如空白表示未参加,请在映射中为其写 blank = "no";{_LEAVE[1]}',
    ),
    "joining_early": (
        f"a date of joining before 1950: a number that is shown as a date? (2016 shown as a date is 1905-07-08; 0 and 1 are 1900-01); show the cells as numbers and write the year. {_LEAVE[0]}",
        f"参加时间早于1950年,是否数字被设为日期格式?(2016 显示为日期是 1905-07-08,0、1 是 1900-01);请改为常规格式并写年份。{_LEAVE[1]}",
    ),
    "joining_contradicts": (
        f"a date of joining stands beside a no. {_LEAVE[0]}",
        f"有参加时间却答“否”;{_LEAVE[1]}",
    ),
    "label_contradicts": (
        "the mapping contradicts the file's value labels: {more}; correct recode, missing, never or the expression, or set labels = false if the labels are wrong",
        "映射与文件的值标签矛盾:{more};请修改 recode、missing、never 或表达式;如标签有误,请设 labels = false",
    ),
    "unit_conflict": (
        "units disagree: {more}; correct the header, the row of units or the mapping's `unit` and `per`",
        "单位不一致:{more};请修改表头、单位行或映射中的 unit 和 per",
    ),
    "unit_needed": (
        "other columns of the file state {more}, this one states no unit; write unit = ... for it in the mapping, or the unit into the header",
        "文件其他列注明 {more},此列未注明;请在映射中为其写 unit = ...,或写进表头",
    ),
    "unit_unknown": (
        "the header states a unit that is not known: {more}; write unit = ... for it in the mapping (元, 千元, 万元), or the unit into the header",
        "表头中的单位无法识别:{more};请在映射中为其写 unit = ...(元、千元、万元),或改正表头",
    ),
    "unit_below": (
        'a line below the header states {more}, but these columns are read in another unit; write unit = "..." for them in the mapping, or correct the line',
        '表头下方有一行注明单位为 {more},而这些列按其他单位读取;请在映射中为其写 unit = "...",或改正该行',
    ),
    "part_of_year": (
        "the amounts are of a part of the year ({more}), not of a year; take that year out of `years`, or say in an expr how they make a year",
        "金额只是一年中的一部分({more}),不是全年;请从 years 中去掉该年,或用 expr 写明如何得到全年金额",
    ),
    "header_changes": (
        "a header inside the sheet differs from the one above it (another unit, order or name), so that the rows below it would be misread; put that table on a sheet of its own, or give it the columns and units of the first",
        "表中另有一行表头与上方表头不一致(单位、次序或名称不同),其下各行会被误读;请将该表放入单独的工作表,或改为与第一个表头一致",
    ),
    "place_spelling": (
        'two spellings that differ in little (blanks, case, dashes, zeros, 村 and 村委会) would count as two places; write one, as in recode = {{ "和平村委会" = "和平村" }}, or set options.place_spellings = "apart" if they are two',
        '两种写法相近(空格、大小写、连字符、前导零、村与村委会),会被当作两个地方;请统一,如 recode = {{ "和平村委会" = "和平村" }};如确为两地,请设 options.place_spellings = "apart"',
    ),
    "maybe_total": (
        "this may be a row of totals or a household ({more}); delete the row if it is a total, else name the text in the file's not_totals = [..] of the mapping",
        "该行可能是合计行,也可能是农户({more});如为合计请删除该行,否则请在映射该文件的 not_totals = [..] 中列出该文字",
    ),
    "members_least": (
        "fewer than one member, or more than 100; correct the cells, or declare codes under `missing`",
        "家庭人口小于1或大于100;请改正,或在 missing 中声明代码",
    ),
    "expression": ("the expression cannot be evaluated: {more}", "表达式无法计算:{more}"),
    "sheet_present": ("the workbook has no sheet {more}", "工作簿没有工作表 {more}"),
    "joining_unmatched": (
        "rows that tell of a joining have no household in the main file, whose households would pass for ones that "
        'never joined; correct the identifiers in either file, or set options.unmatched_joining = "drop"',
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
    "numbers_restart": (
        "the same number stands for households of different villages: it restarts in each village. Join it with the village: {more}",
        "同一户编号出现在不同的村,编号在各村重新开始;请与村合并:{more}",
    ),
    "duplicate_key": (
        'several rows of one household and year differ; correct the file, use `combine` for rows of persons, or set options.duplicates = "first" or "last"',
        "同一户同一年有多行且内容不同;请修正文件,按人一行的表请用 combine,或设 options.duplicates 为 first 或 last",
    ),
    "rows_left": (
        "no row is left{more}: look at `keep`, the header row, and the columns of households, villages, members and incomes",
        "没有剩下任何行{more}:请检查 keep、表头行,以及户、村、人口和收入各列",
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
