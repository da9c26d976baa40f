"""Tables for papers: LaTeX, Word and HTML, in both languages, with notes that say what the numbers rest on."""

from bangfu.papers.comparison import comparison_tables
from bangfu.papers.table import PaperTable
from bangfu.papers.write import write_tables

__all__ = ["PaperTable", "comparison_tables", "write_tables"]
