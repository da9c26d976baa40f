"""The part of CODEBOOK.md that lists tables and columns, from the description: ``python -m tests.campaign.codebook`` rewrites it."""

from __future__ import annotations

import json

from tests.shared import ROOT

HEAD = "## Tables 各表\n"
CODEBOOK = ROOT / "data/campaign/CODEBOOK.md"


def tables() -> str:
    """Every table and column, with allowed values, in both languages."""
    package = json.loads((ROOT / "data/campaign/datapackage.json").read_text(encoding="utf-8"))
    parts = []
    for resource in package["resources"]:
        schema = resource["schema"]
        needed = "needed 必备" if resource["bangfu:required"] else "optional 可选"
        key = ", ".join(schema["primaryKey"])
        refers = {f["fields"][0]: f["reference"]["resource"] for f in schema.get("foreignKeys", [])}
        lines = [f"### {resource['title']}", "", f"{resource['description']} Key: {key}; {needed}.", ""]
        lines += ["| column | type | needed | meaning | 含义 |", "|---|---|---|---|---|"]
        for f in schema["fields"]:
            rules = f.get("constraints", {})
            kind = f["type"] + (f", {f['unit']}" if "unit" in f else "")
            kind += f" -> {refers[f['name']]}" if f["name"] in refers else ""
            must = "yes" if rules.get("required") else f"or {f['bangfu:or']}" if "bangfu:or" in f else ""
            values = f" One of: {', '.join(rules['enum'])}." if "enum" in rules else ""
            said = f["description"].rstrip(".").replace("|", "\\|")
            lines.append(f"| {f['name']} | {kind} | {must} | {said}.{values} | {f['bangfu:zh']} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    rules = CODEBOOK.read_text(encoding="utf-8").partition(HEAD)[0]
    CODEBOOK.write_text(f"{rules}{HEAD}\n{tables()}", encoding="utf-8", newline="\n")
