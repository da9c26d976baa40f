"""What the brief says, in both languages; numbers by their keys."""

from __future__ import annotations

from bangfu.words import Word

QUESTION = Word("Which support model went with larger income gains?", "哪种帮扶模式,农户增收更多?")

# page 1 on real material

REAL_TITLE = Word(
    "Which support model went with larger income gains? For Baicheng 2017 nobody can say yet",
    "哪种帮扶模式增收更多?白城2017年的材料还答不了",
)
REAL_OPENING = Word(
    "This page holds real material only. The other side is a worked example with invented households.",
    "本页只有真实材料;背面是用虚构农户作的演示。",
)
STATS: tuple[tuple[str, Word], ...] = (
    ("{actions.total}", Word("actions reported", "项行动")),
    ("{claims.words}", Word("results claimed in words", "项成效为文字表述")),
    ("{claims.numbered}", Word("results with a number", "项有数可查")),
    ("{claims.income}", Word("measured on incomes", "项为实测收入")),
)
RECORDS = Word("What the report records", "报道记载了什么")
RECORDS_TEXT = Word(
    "One newspaper report tells of the campaign. Of its actions {actions.mapped} can be placed under a component. It prints no household's income, neither before nor after.",
    "活动只见于一篇报道。其中{actions.mapped}项行动可归入某项举措。农户收入,事前事后都没有。",
)
DOTS_ALT = Word("Dots: reported actions by component.", "点图:各项举措的行动数。")
NONE_REPORTED = Word("none reported", "未见报道")
STUDIES = Word("What published studies found", "已发表的研究发现了什么")
STUDIES_TEXT = Word(
    "Of {studies.total} studies only {studies.with_error} came with a margin of error that we could read. Most compare those who joined with those who did not, so who joined matters: on one cooperative the same authors found a gain, and none once earlier income was taken out. None is about Baicheng.",
    "{studies.total}项研究中,查得到误差的只有{studies.with_error}项。多数是参加户比未参加户,谁参加会左右结论:同一组作者研究一家合作社,先是有增收,减去参加前的收入后就看不到了。没有一项关于白城。",
)
STUDIES_HEAD = (
    Word("nearest to", "最接近"),
    Word("studies", "研究数"),
    Word("found a gain", "为正"),
    Word("drawn by lot", "随机分组"),
)
MISSING = Word("{gaps.needed} facts are missing to answer the question", "要回答问题,还缺{gaps.needed}项信息")
MISSING_NOT = Word(
    "A report need not hold them; that they are missing does not mean that anybody hid them.",
    "报道本不必写全;没有写,不等于隐瞒。",
)

REAL_FOOTER = Word(
    "Real record: {source}. Published studies: data/reference.",
    "报道记载:{source};已发表研究:data/reference",
)

# page 2, invented households

EXAMPLE_TITLE = "Worked example with invented households 演示：虚构农户"
EXAMPLE_OPENING = Word(
    "All {register.households} households in {register.villages} villages are invented. If a county had kept such records, its answer would read like this:",
    "{register.villages}村{register.households}户全部虚构。如果一个县留有这样的记录,答案会这样写:",
)
EXAMPLE_OPENING_BARE = Word(
    "All households are invented. If a county had kept such records, its answer would read like this:",
    "农户全部虚构。如果一个县留有这样的记录,答案会这样写:",
)
EXAMPLE_FOOTER = Word(
    "SYNTHETIC 模拟数据·虚构农户: every number on this page is of invented households",
    "模拟数据·虚构农户 SYNTHETIC:本页数字全部来自虚构农户",
)
KEEP = Word("What to do: keep the records that answer the question", "怎么办:留下能回答问题的记录")
KEEP_LINES = (
    Word(
        "Each household's income by source, every year, from before it joins.",
        "每户每年分来源的收入,从参加前记起;",
    ),
    Word("Which household took up which model, and from when.", "哪户从哪年起参加哪种模式;"),
    Word("The same for households that do not join.", "未参加的户,同样记录;"),
    Word("What each household received, and what it paid itself.", "每户得到的扶持和自己的投入;"),
    Word("Those who leave or fail stay in the books.", "中途退出、没做成的户,留在账上;"),
    Word(
        "Where places are few, draw lots for who goes first, and keep the list.",
        "名额有限时抽签定先后,名单留存。",
    ),
)

# a register of one's own

OWN_OPENING = Word(
    "{register.households} households in {register.villages} villages, {register.first_year:y}–{register.last_year:y}: {register.joined} joined, {register.never} did not.",
    "{register.villages}村{register.households}户,{register.first_year:y}至{register.last_year:y}年;参加{register.joined}户,未参加{register.never}户。",
)
OWN_LEFT = Word(
    "{register.left} of those who joined left again; these years, {register.left_share:1}% of all years after joining, still count as joined.",
    "参加户中有{register.left}户中途退出;退出后的年份占参加后全部户年的{register.left_share:1}%,仍按参加计算。",
)
OWN_DO = Word("What to do", "怎么办")
DO_APART = Word(
    "Before any change: ask who joined and why, and whether they were already doing better.",
    "调整之前,先弄清谁参加、为何参加、是否本来就增收更快。",
)
DO_TOGETHER = Word(
    "Do not choose between models on these data. Keep recording, and look again when there are more years or villages.",
    "不要据此在模式之间取舍;继续记录,年份或村数增加后再看。",
)
DO_LOTS = Word(
    "Where places are few, draw lots for who goes first, and keep the list: then the comparison is fair.",
    "名额有限时抽签定先后并留存名单,比较才公平。",
)
DO_LEAVERS = Word("Keep households that leave or fail in the records.", "中途退出、没做成的户,留在账上。")
DO_FEW = Word(
    "With {register.villages} villages, a few villages can turn the answer: add villages before years.",
    "只有{register.villages}个村,个别村就能左右结论:先增加村,再增加年份。",
)
FEW_VILLAGES = 20
"""Below so many villages the brief warns that a few of them can turn the answer."""

# the answer

ANSWER_NONE = Word("These data cannot answer the question.", "现有数据回答不了这个问题。")
ANSWER_WITHHELD = Word(
    "Not shown, to protect households: {arms.withheld} more; that does not mean zero.",
    "另有{arms.withheld}种参加组合因农户过少、为保护隐私不予显示；不予显示不等于零。",
)
SURE_ALL = Word(
    "no order is claimed; each gain by itself: {grade}", "不排名次；各参加组合的相对增收：{grade}"
)
SURE_EACH = Word("no order is claimed; for each gain: {grades}", "不排名次；各参加组合的相对增收：{grades}")
AGAINST = Word("What speaks against it", "哪些情况可能影响结论")
TRUTH = Word(
    "Diamonds: the true gains, known because the data were made by a program. {truth.missed} of {truth.told} lie outside the 95% range.",
    "菱形为设定的真实值；{truth.told}种参加组合中有{truth.missed}种落在95%范围之外。",
)
NO_INTERVAL = Word("no 95% range: too few villages", "村数太少,给不出95%范围")

# the figures

GAINS = Word("Gain of those who joined, with its joint 95% range", "参加户的相对增收与联合95%范围")
GAINS_AXIS = Word("gain against households that did not join", "相对未参加户多增")
RANKS_AXIS = Word("possible ranks", "可能名次")
YEARS = Word("Gain by years since joining", "参加后各年的相对增收")
YEARS_AXIS = Word("years since joining (the year before is the base)", "参加后第几年(以参加前一年为基准)")
NO_NUMBER = Word("not estimable", "无法估计")

METHOD = Word("Method in a box", "方法")
METHOD_TEXT = Word(
    "For each model: income per head in constant prices, from the last year before joining to the years after, less the change of households that never joined, is the gain. If the study were repeated 100 times, the 95% range would include the true value about 95 times; villages, not households, are treated as independent. The ranges of the gains hold together at 95%; the answer and possible ranks are read from them. Joining was a choice, so a gain goes with joining; it need not come from it.",
    "每种参加组合:参加前最后一年到参加后各年人均收入(扣除价格因素)的变化,减去对照户同期的变化,即相对增收。95%范围:同样的调查做100次,约95次包含真实值;误差按村聚类。各范围联合按95%成立,结论和名次据此得出。参加是自愿的,相关不等于因果。",
)
DATA = Word("Data", "数据说明")
DATA_SHIPPED = Word(
    "The record codes one report ({source}); the studies are listed in data/reference with what was checked. The invented households come from a program with a fixed seed. Data, code and every number here can be rebuilt from the project's folder.",
    "记录依据一篇报道,{source};研究见 data/reference;虚构农户由程序按固定种子生成。这里的每个数字都可从项目文件夹重新算出。",
)
DATA_OWN = Word(
    "Computed from this register inside the institution that holds it; no household leaves it. Numbers that rest on fewer than {rule.smallest} households are withheld.",
    "由持有单位在内部用本台账算出,农户数据不外传;不足{rule.smallest}户的数字不予显示。",
)
