"""The figures of a simulated year as markdown."""

from __future__ import annotations

from bench.year_figures import Year


def report(name: str, year: Year) -> str:
    """Write who served each month and how right it was, every attempt and its verdict, and what the watch did."""
    lines = [f"## {name}", "", f"First champion: `{year.frozen}`", ""]
    lines += ["| as of | served | AUC | ECE | first champion: AUC | ECE |", "|---|---|---|---|---|---|"]
    for month in year.months().itertuples():
        lines.append(
            f"| {month.as_of_date:%Y-%m} | {month.version} | {month.auc:.3f} | {month.ece:.3f}"
            f" | {month.frozen_auc:.3f} | {month.frozen_ece:.3f} |"
        )
    replaced = year.rows[year.rows["version"] != year.frozen]
    if len(replaced):
        found = year.quality(replaced)
        gain = found.auc_difference
        lines += [
            "",
            f"Months served by a later version, {found.row_count} rows: AUC {found.auc:.3f} against"
            f" {found.frozen_auc:.3f} of the first champion (difference {gain.estimate:+.3f}, 95 % {gain.lower:+.3f} to"
            f" {gain.upper:+.3f}), ECE {found.error:.3f} against {found.frozen_error:.3f}.",
        ]
    lines += ["", "| attempt | asked by | challenger | champion | promoted | verdict |", "|---|---|---|---|---|---|"]
    for one in year.attempts.itertuples():
        lines.append(
            f"| {one.id} | {one.trigger_kind} | {one.shadow_model_version} | {one.production_model_version}"
            f" | {'yes' if one.promoted else 'no'} | {one.verdict or one.state} |"
        )
    lines += ["", "| watched | as of | evidence | within its band | returned to |", "|---|---|---|---|---|"]
    for one in year.watch.itertuples():
        lines.append(
            f"| {one.model_version} | {one.as_of_date:%Y-%m} | {one.evidence_kind} | {one.is_within_band}"
            f" | {one.rolled_back_to or ''} |"
        )
    lines += ["", "Alerts: " + "; ".join(f"{one.alert_type} ({one.severity})" for one in year.alerts.itertuples()), ""]
    return "\n".join(lines)
