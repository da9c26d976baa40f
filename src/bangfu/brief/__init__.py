"""The two-page brief, Chinese and English, for those who print."""

from bangfu.brief.findings import Findings, findings
from bangfu.brief.write import Brief, own_brief, shipped_brief

__all__ = ["Brief", "Findings", "findings", "own_brief", "shipped_brief"]
