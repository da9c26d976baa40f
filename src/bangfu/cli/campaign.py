"""``bangfu campaign``: a campaign's tables, its places held against texts, and the start of a record of one's own."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bangfu.errors import BangfuError, Language, WrongUse

if TYPE_CHECKING:
    from bangfu.campaign import Campaign


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("campaign")(campaign)


def campaign(
    folder: Annotated[
        Path | None, typer.Argument(help="A campaign folder; Baicheng 2017 by default.")
    ] = None,
    verify: Annotated[
        list[str] | None,
        typer.Option(
            help="A copy of the source text: check every span and the whole text against it. For a record with several sources: SOURCE_ID=TEXT, once each."
        ),
    ] = None,
    table: Annotated[str | None, typer.Option(help="Print this table alone.")] = None,
    new: Annotated[
        Path | None,
        typer.Option(help="Start a record here: empty tables, the codebook and an example. A new folder."),
    ] = None,
    span: Annotated[
        tuple[Path, str] | None,
        typer.Option(metavar="TEXT WORDS", help="Where words stand in a text, as span and span_sha256."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language: en or zh.")] = "en",
) -> None:
    """Print a campaign's tables, with every fault if there are any; check it against its texts; start one of your own.

    Exit codes: 0 done; 1 faults in the record, or it does not match the text; 2 wrong use.
    """
    from bangfu.campaign import load_campaign
    from bangfu.campaign.make import new_record

    if sum(option is not None and option != [] for option in (verify, table, new, span)) > 1:
        raise WrongUse(
            "give one of --verify, --table, --new, --span", "--verify、--table、--new、--span 一次只用一个"
        )
    if new is not None:
        if folder is not None:
            raise WrongUse(
                f"--new takes no other folder ({folder})", f"--new 不能同时给出另一个文件夹({folder})"
            )
        made = new_record(new)
        typer.echo(
            f"已建立 {made}:空表、CODEBOOK.md(登记规则)和 example(模拟示例)。填好后运行 bangfu campaign {made}"
            if lang == "zh"
            else f"made {made}: empty tables, CODEBOOK.md (the rules) and example (an invented one). When filled in: bangfu campaign {made}"
        )
        return
    record = load_campaign(folder)
    if span is not None:
        _span(record, *span, lang)
    elif verify:
        _verify(record, verify, lang)
    else:
        from bangfu.cli.campaign_tables import print_tables

        print_tables(record, table, lang)


def _span(record: Campaign, path: Path, words: str, lang: Language) -> None:
    """Every place of some words, as the record's source is cut if the text is its text, else from the beginning."""
    from bangfu.campaign.spans import digest, normalise, places_of, sha256
    from bangfu.campaign.verify import starts_of

    text = _text(path)
    whole = normalise(text)
    same = record.source.loc[record.source["normalised_sha256"] == sha256(whole), "source_id"]
    starts = starts_of(record, same.iloc[0], text)[1:] if len(same) else ()
    found = list(places_of(words, text, starts))
    if not found:
        raise BangfuError(f"these words do not stand in {path}", f"{path} 中没有这些文字")
    typer.echo("span,span_sha256")
    for place in found:
        typer.echo(f"{place},{digest(words)}")
    if not len(same):
        numbers = f"characters {len(whole)}, normalised_sha256 {sha256(whole)}"
        typer.echo(f"source 表中填写:{numbers}" if lang == "zh" else f"for the table source: {numbers}")


_WORDS = {
    "en": {
        "moved": "stands elsewhere in this copy",
        "differs": "DOES NOT MATCH the text",
        "sentences": "is not in this copy",
        "source moved": "the text is there, unbroken, without or with another page around it",
        "source differs": "the text as a whole is NOT the one that was read",
        "source unrecorded": "no hash of the whole text in source.normalised_sha256: changes outside the spans are not seen",
    },
    "zh": {
        "moved": "在此文本中位置不同",
        "differs": "与文本不符",
        "sentences": "此文本中没有",
        "source moved": "正文完整,页面其他部分不同",
        "source differs": "全文与所读原文不同",
        "source unrecorded": "source.normalised_sha256 未填,无法查出原文位置以外的改动",
    },
}


def _verify(record: Campaign, given: list[str], lang: Language) -> None:
    from bangfu.campaign import verify

    named = {}
    for item in given:
        source, _, path = item.partition("=")
        if source in set(record.source["source_id"]) and path:
            named[source] = _text(Path(path))
    if len(given) > 1 and len(named) < len(given):
        raise WrongUse("several texts: give each as SOURCE_ID=TEXT", "有多个文本时,请逐一写成 来源编号=文件")
    checks = verify(record, named or _text(Path(given[0])))
    words = _WORDS[lang]
    for check in checks:
        if check.table == "source":
            if check.verdict != "holds":
                typer.echo(f"{check.source_id}: {words[f'source {check.verdict}']}")
        elif check.verdict != "holds":
            said = words["sentences" if check.table == "sentences" else check.verdict]
            typer.echo(f"{check.table} {check.key} {check.span}: {said}")
    facts = [c for c in checks if c.table not in ("source", "sentences")]
    bad = sum(c.verdict == "differs" for c in facts)
    if lang == "zh":
        typer.echo(f"共{len(facts)}处原文位置,{len(facts) - bad}处相符,{bad}处不符")
    else:
        typer.echo(f"{len(facts)} spans: {len(facts) - bad} match, {bad} do not")
    for source in sorted(_with_places(record) - {c.source_id for c in checks}):
        typer.echo(f"{source}:未给出文本,未核对" if lang == "zh" else f"{source}: not checked, no text given")
    if any(c.verdict == "differs" for c in checks if c.table != "sentences"):
        raise typer.Exit(1)


def _with_places(record: Campaign) -> set[str]:
    frames = [frame for frame in record.tables.values() if "span" in frame]
    return {str(s) for frame in frames for s in frame.loc[frame["span"].notna(), "source_id"]}


def _text(path: Path) -> str:
    """A text in UTF-8, UTF-16 with its mark, or GB18030, in which Chinese texts are stored."""
    if not path.is_file():
        raise WrongUse(f"no file {path}", f"找不到文件 {path}")
    content = path.read_bytes()
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise WrongUse(
        f"{path} is not a text in UTF-8, UTF-16 or GB18030; save it as plain text",
        f"{path} 不是 UTF-8、UTF-16 或 GB18030 文本,请另存为纯文本",
    )
