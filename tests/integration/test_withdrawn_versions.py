"""Versions that learned from unmasked messages: withdrawn by the upgrade, refused afterwards, their words removed."""

from __future__ import annotations

import json

import pytest

from dagster_app.lib.messages.training import classify_messages, train_messages
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.site.pages import write_model_cards
from ml.bundles.folder import BundleError, sha256
from tests.data_packages import rows
from tests.dbt_builds import build_models
from tests.integration.test_model_switch import BECAUSE
from tests.personal_letters import insert_letters
from tests.voc_world import insert_version
from warehouse import registry
from warehouse.bundle_retention import remove_old_bundles
from warehouse.connection import Role, Warehouse
from warehouse.database import migrate
from warehouse.errors import BellwetherError

OLD, OLDER = "voc-old", "voc-older"
BEFORE = "0016"
CLASSIFIED = """
insert into ml.message_classification (message_id, model_name, model_version, classified_at, is_claim, is_unknown,
  confidence, content_hash, summary, keywords)
select id, 'voc', %s, '2025-06-01', 1, false, 0.9, md5(content), content, '["7391", "gildong"]' from source.message
"""
NAMED = """
insert into ml.message_category (message_id, model_version, rank, level, voc_id, confidence, reason)
select id, %s, 1, 1, 'V1', 0.9, 'says “7391”, “길동”' from source.message
"""
QUOTES = """
select
  count(classification.summary),
  count(*) filter (where classification.keywords <> '[]'),
  count(candidate.reason),
  count(*)
from ml.message_classification as classification
join ml.message_category as candidate using (message_id, model_version)
where classification.model_version = %s
"""
STAGES = "select version, stage, upper_inf(valid_during) from ml.model_deployment order by deployment_id"
OLD_MANIFEST = json.dumps({"format": "bellwether.messages/1", "files": {}}).encode()


@pytest.fixture
def upgraded(warehouse: Warehouse) -> Warehouse:
    """A company of before, upgraded: two versions that served in turn, quotes, bundles, cards, a published one."""
    migrate.downgrade(warehouse, BEFORE)
    insert_letters(warehouse)
    store = BundleStore(warehouse.folders.models)
    for version in (OLDER, OLD):
        insert_version(warehouse, version)
        store.save_card("voc", version, "call 010-7391-4826")
        folder = store.folder("voc", version)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_bytes(OLD_MANIFEST)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("update ml.model_version set is_active = version = %s", [OLD])
        connection.execute(
            "insert into ml.model_deployment (model_name, version, stage, valid_during, decided_by, reason) values"
            " ('voc', %(older)s, 'production', '[2025-01-01, 2025-02-01)', 'rule', 'first'),"
            " ('voc', %(older)s, 'archived', '[2025-02-01,)', 'rule', 'replaced'),"
            " ('voc', %(old)s, 'production', '[2025-02-01,)', 'rule', 'better')",
            {"older": OLDER, "old": OLD},
        )
        connection.execute(CLASSIFIED, [OLD])
        connection.execute(NAMED, [OLD])
    page = warehouse.folders.site / "models" / f"{OLD}.html"
    page.parent.mkdir(parents=True)
    page.write_text("call 010-7391-4826")
    migrate.upgrade(warehouse)
    return warehouse


def test_the_upgrade_removes_quotes_and_keeps_what_was_decided(upgraded: Warehouse) -> None:
    assert rows(upgraded, QUOTES, OLD) == [(0, 0, 0, 96)]
    kept = "select count(*) from ml.message_classification where is_claim = 1 and confidence = 0.9"
    assert rows(upgraded, kept) == [(96,)]


def test_versions_of_before_serve_no_more_and_the_next_one_takes_over(upgraded: Warehouse) -> None:
    assert rows(upgraded, "select distinct is_active, withdrawal_reason from ml.model_version") == [
        (False, "it was trained on unmasked messages")
    ]
    assert rows(upgraded, STAGES)[2:] == [(OLD, "production", False), (OLD, "archived", True)]
    with upgraded.connect(Role.MODEL) as connection, pytest.raises(BellwetherError, match="was withdrawn"):
        registry.promote(connection, OLD, BECAUSE)
    store = BundleStore(upgraded.folders.models)
    with pytest.raises(BundleError, match="train a new version"):
        store.load_messages("voc", OLD, sha256(OLD_MANIFEST))

    build_models(upgraded, "subject_dictionary", "+voc_message_category", "+user_voc_activity")
    version = train_messages(upgraded, store).version
    assert classify_messages(upgraded, store, "run")["version"] == version
    assert rows(upgraded, "select version from ml.model_version where is_active") == [(version,)]
    with upgraded.connect(Role.MODEL) as connection, pytest.raises(BellwetherError, match="first production version"):
        registry.roll_back(connection, "voc", BECAUSE)


def test_their_bundles_and_cards_are_removed(upgraded: Warehouse) -> None:
    assert write_model_cards(upgraded) == []
    with upgraded.connect(Role.MODEL) as connection:
        assert remove_old_bundles(connection, upgraded.folders.models) == [OLD, OLDER]
    left = [*upgraded.folders.models.rglob("*"), *upgraded.folders.site.rglob("*")]
    assert [path for path in left if path.is_file()] == []
