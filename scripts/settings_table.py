"""Print the README's table of settings, made from the settings class: python scripts/settings_table.py"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from onrecord.service.settings import Settings

_SHOWN = {"home": "the user's data folder"} | dict.fromkeys(
    ("api_keys", "chroma_url", "widget_origins", "widget_key", "openai_api_key", "anthropic_api_key"), "none"
)


def table() -> str:
    """Return the table in Markdown."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _SHOWN.get(name) or f"`{field.default}`"
        rows.append(f"| `{Settings.variable(name)}` | {default} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
