"""The four snapshot documents: what passes, and reasons with the path inside."""

from __future__ import annotations

import orjson
import pytest

from warehouse.packages.documents import DOCUMENT_NAMES, inspect_document, schema_of

SOUND = {
    "contract_info": {
        "first_contract_code": "A",
        "contracts": [
            {
                "contract_id": "K1",
                "contract_code": "A",
                "contract_name": "Basic",
                "started_on": "2023-01-01",
                "ended_on": None,
                "monthly_fee": 100000,
                "status": "active",
                "end_reason": None,
            }
        ],
    },
    "user_information": {"name": "가게", "site_area_m2": 33.5, "joined_on": "2023-01-01", "beyond": 1},
    "purchase_logs": [
        {
            "purchase_id": "P1",
            "product_code": "X",
            "product_name": "Trap",
            "purchased_at": "2024-01-02T09:00:00+09:00",
            "quantity": 1,
            "amount": 5000,
        }
    ],
    "interaction_history": {
        "works": [
            {
                "work_id": "W1",
                "work_type": "visit",
                "scheduled_at": "2024-01-02T00:00:00Z",
                "status": "planned",
                "services": 2,
            }
        ],
        "csi": [{"surveyed_at": "2024-01-02T00:00:00Z", "score": 4.5}],
        "interactions": [
            {"interaction_id": "I1", "occurred_at": "2024-01-02T00:00:00Z", "channel": "call", "is_voc": True}
        ],
    },
}


@pytest.mark.parametrize("name", DOCUMENT_NAMES)
def test_the_documented_shape_passes(name: str) -> None:
    assert inspect_document(name, orjson.dumps(SOUND[name]).decode())[0] is None
    assert schema_of(name)["description"]


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("contract_info", b'"active"', b'"aktive"', "contract_info.contracts[0].status"),
        ("contract_info", b"2023-01-01", b"2023-02-30", "contract_info.contracts[0].started_on"),
        ("contract_info", b"100000", b"-1", "contract_info.contracts[0].monthly_fee"),
        ("user_information", b"33.5", b'"33"', "user_information.site_area_m2"),
        ("purchase_logs", b"+09:00", b"", "purchase_logs[0].purchased_at"),
        ("interaction_history", b'"services":2', b'"services":2.5', "interaction_history.works[0].services"),
        ("interaction_history", b'"is_voc":true', b'"is_voc":1', "interaction_history.interactions[0].is_voc"),
        ("interaction_history", b'"score":4.5', b'"scor":4.5', "interaction_history.csi[0]"),
    ],
)
def test_problem_is_reported_with_its_path(name: str, old: bytes, new: bytes, reason: str) -> None:
    text = orjson.dumps(SOUND[name])
    assert old in text
    problem = inspect_document(name, text.replace(old, new, 1).decode())[0]
    assert problem is not None
    assert problem.startswith(reason)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "1", '{"contracts": [', "NaN"])
def test_no_document_is_no_document(text: str) -> None:
    assert inspect_document("contract_info", text)[0]


def test_nul_character_differs_from_a_backslash() -> None:
    assert "NUL" in str(inspect_document("user_information", '{"name": "a\\u0000b"}')[0])
    assert inspect_document("user_information", '{"name": "a\\\\u0000b"}')[0] is None
