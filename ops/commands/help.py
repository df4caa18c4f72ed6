"""How `--help` lists commands: in sections, in the order of use, each on one whole line of 80 columns."""

from typing import Any

from typer.core import TyperGroup

# Each section's commands in the order in which an owner meets them.
SECTIONS = {
    "Set up": ("init", "doctor", "adopt", "bootstrap", "cost"),
    "Deploy the infrastructure": ("plan", "deploy", "destroy", "drift"),
    "Release the app": ("release", "smoke", "rollback", "migrate", "restore", "restore-points", "preview"),
    "Watch": ("status", "logs", "uptime", "report", "notify"),
    "Recover": ("backup", "recover", "state", "rotate"),
}


class Grouped(TyperGroup):
    """The top-level command group, whose help shows SECTIONS instead of one long list."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  (Typer's signature)
        """Writes a list of commands for each section."""
        width = max(len(name) for name in self.commands)
        for section, names in SECTIONS.items():
            rows = [
                (f"{name:{width}}", self.commands[name].get_short_help_str(formatter.width - width - 6))
                for name in names
                if name in self.commands
            ]
            if rows:
                with formatter.section(section):
                    formatter.write_dl(rows)
