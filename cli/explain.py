"""`bellwether explain CUSTOMER`: risk of leaving, reasons, history of scores, and other risks.

Belongs here: reading one customer's rows of the marts and showing them. Out of scope: computing any value (the marts
do), and masking (the database does it by role).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg
    from rich.console import RenderableType

Row = dict[str, Any]

_CUSTOMER = """
  select customer_code, customer_id, customer_name, email, phone
  from analytics.customer_directory where lower(customer_code) = lower(%s) order by customer_code = %s desc
"""
_SIMILAR_CODES = """
  select customer_code from analytics.customer_directory
  where customer_code ilike %(part)s or customer_code like %(number)s or customer_name ilike %(part)s
    or left(customer_code, 2) = left(%(code)s, 2)
  order by customer_code ilike %(part)s or customer_code like %(number)s desc,
    abs(length(customer_code) - length(%(code)s)), customer_code
  limit 5000
"""
_RISK = "select * from analytics.customer_risk where customer_id = %s"
_REASONS = """
  select contribution_rank, label_en, label_ko, value_en, retained_average, churned_average, contribution,
    contrib_label_en
  from analytics.customer_risk_reasons where customer_id = %s order by contribution_rank
"""
# of several scores at one instant, the one written last applies, as in the marts
_HISTORY = """
  select distinct on (prediction_time) as_of_date, risk_score, model_version
  from analytics.risk_history where customer_id = %s order by prediction_time, id desc
"""
_ALERTS = """
  select created_at, alert_type, message, was_sent
  from analytics.alert_history where customer_id = %s order by created_at desc, id desc limit 5
"""

# targets other than the documented one, which the tables above hold
_OTHER_RISKS = """
  select outcome_en, risk_score, risk_band, as_of_date, model_version, reasons_en
  from analytics.risk_score as score
  where customer_id = %s and not exists (
    select from analytics.customer_risk as shown
    where shown.customer_id = score.customer_id and shown.model_version = score.model_version
  )
  order by target_name
"""

_BARS = "▁▂▃▄▅▆▇█"
_HISTORY_ROWS = 6


@dataclass(frozen=True)
class CustomerExplanation:
    """One customer's risk in the marts.

    Parameters
    ----------
    customer
        Code, id and the personal columns as the reader's role may see them.
    risk
        Newest score with its band; None where the customer was never scored.
    reasons
        Contributions to that score, largest absolute first.
    history
        Scores over time, oldest first.
    alerts
        Newest alerts, newest first.
    other_risks
        Newest scores for other targets, with their reasons as text.
    """

    customer: Row
    risk: Row | None
    reasons: list[Row]
    history: list[Row]
    alerts: list[Row]
    other_risks: list[Row] = field(default_factory=list)


def explain(
    customer: Annotated[str, typer.Argument(help="Customer code, for instance C000123.", show_default=False)],
    masked: Annotated[
        bool, typer.Option("--masked", help="Use the analyst role: names, e-mail and phone are masked.")
    ] = False,
    company: Annotated[str | None, typer.Option(help="Company; default: the one of the last run.")] = None,
) -> None:
    """Show a customer's risk, its reasons, the history of scores and the alerts."""
    from rich.console import Console

    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with (
        open_warehouse(company=company) as warehouse,
        warehouse.connect(Role.ANALYST if masked else Role.MANAGER) as connection,
    ):
        explanation = read_explanation(connection, customer)
    console = Console()
    for part in render(explanation):
        console.print(part)


def read_explanation(connection: psycopg.Connection, customer_code: str) -> CustomerExplanation:
    """Read everything to show about a customer.

    Parameters
    ----------
    connection
        Connection in a role that reads analytics.
    customer_code
        The customer's code; upper and lower case count as equal where the code stays unique.

    Raises
    ------
    BellwetherError
        No such customer, or the warehouse is empty.
    """
    import psycopg.errors

    from warehouse.errors import BellwetherError

    try:
        found = _rows(connection, _CUSTOMER, (customer_code, customer_code))
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise BellwetherError(
            "this warehouse is empty",
            "analytics.customer_directory does not exist",
            "run `bellwether run` first",
        ) from error
    if not found or (len(found) > 1 and found[0]["customer_code"] != customer_code):
        raise _unknown_customer(connection, customer_code)
    key = (found[0]["customer_id"],)
    risk = _rows(connection, _RISK, key)
    return CustomerExplanation(
        customer=found[0],
        risk=risk[0] if risk else None,
        reasons=_rows(connection, _REASONS, key),
        history=_rows(connection, _HISTORY, key),
        alerts=_rows(connection, _ALERTS, key),
        other_risks=_rows(connection, _OTHER_RISKS, key),
    )


def _rows(connection: psycopg.Connection, query: str, params: Any) -> list[Row]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, params).fetchall()


def _unknown_customer(connection: psycopg.Connection, customer_code: str) -> Exception:
    from warehouse.errors import BellwetherError

    part = "%" + customer_code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    # leading zeros are the most frequent mistake
    digits = "".join(filter(str.isdecimal, customer_code)).lstrip("0")
    number = f"%{digits}" if digits else None
    rows = _rows(connection, _SIMILAR_CODES, {"part": part, "number": number, "code": customer_code})
    codes = [row["customer_code"] for row in rows]
    near = get_close_matches(customer_code, codes, n=5, cutoff=0.5) or codes[:5]
    remedy = f"did you mean {', '.join(near)}?" if near else "check the code in analytics.customer_directory"
    return BellwetherError(f"no customer has the code {customer_code!r}", "analytics.customer_directory", remedy)


def sparkline(scores: list[float]) -> str:
    """One bar per score on the fixed scale from 0 to 1, so that the lines of two customers are comparable.

    Examples
    --------
    >>> sparkline([0.0, 0.5, 1.0])
    '▁▅█'
    """
    return "".join(_BARS[min(int(score * len(_BARS)), len(_BARS) - 1)] for score in scores)


def render(explanation: CustomerExplanation) -> list[RenderableType]:
    """Lay out what to print, top to bottom."""
    from rich.text import Text

    customer, risk = explanation.customer, explanation.risk
    who = " · ".join(str(customer[name]) for name in ("customer_name", "phone", "email") if customer[name])
    parts: list[RenderableType] = [Text.assemble((str(customer["customer_code"]), "bold"), f"  {who}")]
    if risk is None and not explanation.other_risks:
        parts.append(Text("Not scored: not in the cohort of a scored month, or no scoring run yet."))
    elif risk is not None:
        parts += [_headline(risk), _reason_table(explanation.reasons), *_history(explanation.history)]
    parts += [_headline(other, f"Risk that {other['outcome_en']}") for other in explanation.other_risks]
    return [*parts, *_alert_lines(explanation.alerts)]


def _headline(risk: Row, of: str = "Risk of leaving") -> RenderableType:
    from rich.text import Text

    style = {"critical": "bold red", "high": "red", "medium": "yellow"}.get(risk["risk_band"], "green")
    return Text.assemble(
        f"{of} ",
        (f"{risk['risk_score']:.1%} ({risk['risk_band']})", style),
        f" as of {risk['as_of_date']}, model {risk['model_version']}",
        f"\n  {risk['reasons_en']}" if risk.get("reasons_en") else "",
    )


def _reason_table(reasons: list[Row]) -> RenderableType:
    from rich.table import Table

    table = Table(title="Reasons, strongest first", title_justify="left", caption_justify="left")
    table.caption = "Contributions are in log-odds; the averages are those of the training window."
    for name in ("", "Reason", "Value", "Stayed", "Left", "Effect", "Log-odds"):
        table.add_column(name, justify="right" if name in {"", "Value", "Stayed", "Left", "Log-odds"} else "left")
    for reason in reasons:
        averages = (reason["retained_average"] or "–", reason["churned_average"] or "–")
        table.add_row(
            str(reason["contribution_rank"]),
            f"{reason['label_en']} ({reason['label_ko']})",
            reason["value_en"],
            *averages,
            reason["contrib_label_en"],
            f"{reason['contribution']:+.2f}",
        )
    return table


def _history(history: list[Row]) -> list[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    line = Text(f"History  {sparkline([row['risk_score'] for row in history])}  {len(history)} scores")
    table = Table(title="Newest scores", title_justify="left")
    for name in ("Scored as of", "Risk", "Model"):
        table.add_column(name)
    for row in reversed(history[-_HISTORY_ROWS:]):
        table.add_row(str(row["as_of_date"]), f"{row['risk_score']:.1%}", row["model_version"])
    return [line, table]


def _alert_lines(alerts: list[Row]) -> list[RenderableType]:
    from rich.text import Text

    if not alerts:
        return [Text("No alert was raised for this customer.")]
    return [
        Text(
            f"Alert {row['created_at']:%Y-%m-%d}  {row['alert_type']}: {row['message']} "
            f"({'sent' if row['was_sent'] else 'not sent yet'})"
        )
        for row in alerts
    ]
