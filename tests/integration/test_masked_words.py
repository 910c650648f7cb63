"""What the mask strikes out of a message comes back nowhere: in no keyword, quote, summary, vocabulary or page."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest

from dagster_app.lib.messages.training import classify_messages, train_messages
from dagster_app.lib.models.store import BundleStore
from tests.conftest import DatabaseServer
from tests.data_packages import rows
from tests.dbt_builds import build_models
from tests.personal_letters import CUSTOMER, PIECES, insert_letters
from warehouse.connection import Role, Warehouse

MARTS = ("+voc_message_category", "+voc_message_search", "+user_voc_activity", "+voc_daily", "+model_health")
TEXT_COLUMNS = """
select format('%I.%I', n.nspname, c.relname), format('%I', a.attname)
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
where n.nspname in ('analytics', 'monitoring') and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0
  and not a.attisdropped and (t.typcategory in ('S', 'A') or t.typname in ('json', 'jsonb'))
  and has_column_privilege(c.oid, a.attnum, 'select')
"""
QUOTED = """
select count(*)
from analytics.voc_message_category
where jsonb_array_length(keywords) > 1 and summary like '%***%' and detail_category_1_reason like 'says%'
"""
ANTS = """
select count(*) filter (where content like '%개미%'), count(*) filter (where summary like '%개미%'),
  count(*) filter (where keywords::text like '%개미%'), count(*) filter (where detail_category_1_reason like '%개미%'),
  count(*) filter (where summary is null)
from analytics.voc_message_category
"""


@pytest.fixture(scope="module")
def home(embedded_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Letters that were learned from and classified, in a home of this module."""
    warehouse = embedded_server.create(f"letters{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("letters"))
    insert_letters(warehouse)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BELLWETHER_HOME", str(warehouse.settings.home))
        build_models(warehouse, "subject_dictionary", *MARTS)
        train_and_classify(warehouse)
        build_models(warehouse, *MARTS)
        yield warehouse
    embedded_server.drop(warehouse.database)


def train_and_classify(warehouse: Warehouse) -> str:
    """Train a version, let it classify every letter, and return its name."""
    store = BundleStore(warehouse.folders.models)
    version = train_messages(warehouse, store).version
    classified = classify_messages(warehouse, store, "run")
    assert (classified["classified"], classified["version"]) == (96, version)
    return version


def leaks(warehouse: Warehouse) -> list[tuple[str, str]]:
    """Columns in which an analyst finds a piece of a number, an address or a name, with the first value."""
    found = []
    with warehouse.connect(Role.ANALYST) as connection:
        for relation, column in connection.execute(TEXT_COLUMNS).fetchall():
            query = f"select {column}::text from {relation} where {column}::text ~* %s limit 1"
            value = connection.execute(query, [PIECES]).fetchone()  # type: ignore[arg-type]
            found += [(f"{relation}.{column}", value[0])] if value else []
    return found


def seen(warehouse: Warehouse, role: Role, query: str) -> tuple[int, ...]:
    with warehouse.connect(role) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return tuple(row)


def test_an_analyst_finds_no_piece_of_what_the_mask_struck_out(home: Warehouse) -> None:
    assert leaks(home) == []
    assert seen(home, Role.ANALYST, QUOTED)[0] > 60, "what is not personal is still quoted"


def test_a_manager_reads_the_whole_text_and_the_same_quotes(home: Warehouse) -> None:
    whole = "select count(*) from analytics.voc_message_category where content ~ '7391|quill|길동|철수'"
    assert seen(home, Role.MANAGER, whole) == (96,)
    assert seen(home, Role.MANAGER, QUOTED) == seen(home, Role.ANALYST, QUOTED)


def test_neither_bundle_nor_card_holds_a_piece_of_it(home: Warehouse) -> None:
    files = [path for path in (home.settings.home / "models").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"vectors.json", "hierarchy.json", "manifest.json"}
    assert any(path.suffix == ".html" for path in files)
    for path in files:
        assert not re.search(PIECES, path.read_bytes().decode("utf-8", "replace"), re.IGNORECASE), path


def test_stored_classifications_hold_no_piece_of_it(home: Warehouse) -> None:
    stored = """
        select count(*) from ml.message_classification as classification
        join ml.message_category as candidate using (message_id, model_version)
        where concat_ws(' ', classification.summary, classification.keywords, candidate.reason) ~* %s
    """
    assert rows(home, stored, PIECES) == [(0,)]


def test_a_name_that_becomes_known_later_hides_quotes_until_the_text_is_classified_again(home: Warehouse) -> None:
    """The customer's name is a word of the letters from now on."""
    before = seen(home, Role.ANALYST, ANTS)
    assert min(before[:4]) > 0
    assert before[4] == 0
    with home.connect(Role.OWNER) as connection:
        connection.execute("update crm.customer set name = '개미' where customer_code = %s", [CUSTOMER])
    build_models(home, *MARTS)
    # letters about ants differ from what was classified, and so do those that named the customer as he was called then
    assert seen(home, Role.ANALYST, ANTS) == (0, 0, 0, 0, 48)
    assert seen(home, Role.MANAGER, ANTS) == before
    assert rows(home, "select count(*) from analytics.voc_message_search where content like '%%개미%%'") == [(0,)]

    version = train_and_classify(home)
    build_models(home, *MARTS)
    assert seen(home, Role.ANALYST, f"{ANTS} where model_ver = '{version}'") == (0, 0, 0, 0, 0)
