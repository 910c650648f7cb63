"""The 57 features of one month in pandas, from the same raw JSON documents.

Written as a pandas user would: parse each document, make one long frame per array, group by customer. It doubles as an
independent oracle: the tests compare the warehouse's features with these.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson
import pandas as pd

WINDOWS = (30, 60, 90)


def _events(frame: pd.DataFrame, array: str, instant: str, cutoff: pd.Timestamp) -> pd.DataFrame:
    documents = (orjson.loads(text) if text else {} for text in frame["interaction_history"])
    rows = [
        {**item, "ccod": ccod}
        for ccod, document in zip(frame["ccod"], documents, strict=True)
        for item in document.get(array) or ()
    ]
    events = pd.DataFrame(rows, columns=None if rows else ["ccod", instant])
    events["moment"] = pd.to_datetime(events[instant], utc=True, format="ISO8601")
    return events[events["moment"] < cutoff]


def _counts(events: pd.DataFrame, customers: pd.Index) -> pd.Series:
    return events.groupby("ccod").size().reindex(customers, fill_value=0)


def _ratio(top: pd.Series, bottom: pd.Series) -> pd.Series:
    return top / bottom.where(bottom != 0)


def _named(columns: Iterable[tuple[str, pd.Series]]) -> pd.DataFrame:
    return pd.DataFrame(dict(columns))


def _work(events: pd.DataFrame, customers: pd.Index, suffix: str) -> dict[str, pd.Series]:
    if events.empty:
        events = events.assign(status="", services=0, work_type="")
    grouped = events.groupby("ccod")
    return {
        f"works{suffix}": _counts(events, customers),
        f"confirmed{suffix}": _counts(events[events["status"] == "confirmed"], customers),
        f"cancelled{suffix}": _counts(events[events["status"] == "cancelled"], customers),
        f"services{suffix}": grouped["services"].sum().reindex(customers, fill_value=0),
        f"work_types{suffix}": grouped["work_type"].nunique().reindex(customers, fill_value=0),
    }


def build_month(frame: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Compute the features of one month.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `ccod` and `interaction_history` (JSON text), one row per customer of the month's snapshot.
    cutoff : pandas.Timestamp
        T, with a time zone.

    Returns
    -------
    pandas.DataFrame
        Indexed by `ccod`, one column per feature; ratios without a denominator are NaN.
    """
    customers = pd.Index(frame["ccod"], name="ccod")
    works = _events(frame, "works", "scheduled_at", cutoff)
    surveys = _events(frame, "csi", "surveyed_at", cutoff)
    contacts = _events(frame, "interactions", "occurred_at", cutoff)
    if surveys.empty:
        surveys = surveys.assign(score=0.0)
    if contacts.empty:
        contacts = contacts.assign(is_voc=False)
    parts: dict[str, pd.Series] = {}
    spans: dict[str, pd.Timestamp | None] = {
        "": None,
        **{f"_{d}d": cutoff - pd.Timedelta(days=d) for d in WINDOWS},
    }
    for suffix, start in spans.items():
        inside = [frame if start is None else frame[frame["moment"] >= start] for frame in (works, surveys, contacts)]
        parts |= _work(inside[0], customers, suffix)
        parts[f"csi_score{suffix}"] = inside[1].groupby("ccod")["score"].mean().reindex(customers)
        parts[f"csi_survey_count{suffix}"] = _counts(inside[1], customers)
        parts[f"interactions{suffix}"] = _counts(inside[2], customers)
        parts[f"voc{suffix}"] = _counts(inside[2][inside[2]["is_voc"].astype(bool)], customers)
    first = pd.concat([works[["ccod", "moment"]], contacts[["ccod", "moment"]]]).groupby("ccod")["moment"].min()
    days = ((cutoff - first).dt.total_seconds() / 86400).clip(lower=1).reindex(customers)
    return _assemble(parts, days)


def _assemble(p: dict[str, pd.Series], days: pd.Series) -> pd.DataFrame:
    activity = {s: p[f"works{s}"] + p[f"interactions{s}"] for s in ("", "_30d", "_90d")}
    out = {
        "unique_work_types": p["work_types"],
        "cancelled_work": p["cancelled"],
        "cancellation_rate": _ratio(p["cancelled"], p["works"]),
        "confirmation_rate": _ratio(p["confirmed"], p["works"]),
        "avg_services_per_work": _ratio(p["services"], p["works"]),
        "avg_csi_score": p["csi_score"],
        "csi_survey_count": p["csi_survey_count"],
        "num_interactions": p["interactions"],
        "voc_count": p["voc"],
        "non_voc_count": p["interactions"] - p["voc"],
        "voc_ratio": _ratio(p["voc"], p["interactions"]),
    }
    for s in (f"_{d}d" for d in WINDOWS):
        out |= {
            f"work_last{s}": p[f"works{s}"],
            **{f"{name}{s}": p[f"{name}{s}"] for name in ("confirmed", "cancelled", "services", "work_types")},
            f"cancellation_rate{s}": _ratio(p[f"cancelled{s}"], p[f"works{s}"]),
            f"confirmation_rate{s}": _ratio(p[f"confirmed{s}"], p[f"works{s}"]),
            f"csi_score{s}": p[f"csi_score{s}"],
            f"csi_survey_count{s}": p[f"csi_survey_count{s}"],
            f"interactions{s}": p[f"interactions{s}"],
            f"voc{s}": p[f"voc{s}"],
            f"non_voc{s}": p[f"interactions{s}"] - p[f"voc{s}"],
            f"voc_ratio{s}": _ratio(p[f"voc{s}"], p[f"interactions{s}"]),
        }
    out |= {
        "recent_90d_activity_ratio": _ratio(activity["_90d"], activity[""]),
        "recent_30d_activity_ratio": _ratio(activity["_30d"], activity[""]),
        "activity_density": activity[""] / days,
        "confirmation_rate_change": out["confirmation_rate_30d"] - out["confirmation_rate_90d"],
        "cancellation_rate_change": out["cancellation_rate_30d"] - out["cancellation_rate_90d"],
        "voc_to_work_ratio": _ratio(p["voc"], p["works"]),
        "recent_30d_to_90d_ratio": _ratio(activity["_30d"], activity["_90d"]),
    }
    return _named(out.items())
