"""Settings come from the environment, keep their paths, and do not show secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.settings import Settings, load_settings, project_root


def test_home_defaults_to_the_checkout() -> None:
    assert load_settings().home == project_root() / ".bellwether"
    assert (project_root() / "dbt_project").is_dir()


def test_environment_wins_and_a_relative_home_is_fixed_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BELLWETHER_HOME", "here")
    monkeypatch.setenv("BELLWETHER_NOTIFY_URLS", "json://a, xml://b")
    monkeypatch.setenv("BELLWETHER_COMPANY", "")
    settings = load_settings()
    monkeypatch.chdir("/")
    assert settings.home == tmp_path / "here"
    assert settings.notify_urls == ["json://a", "xml://b"]
    assert settings.company is None


@pytest.mark.parametrize(
    ("text", "addresses"),
    [("[]", []), ('["json://a?x=1,2"]', ["json://a?x=1,2"]), ("json://a", ["json://a"]), ("", [])],
)
def test_addresses_of_the_notifier_are_a_json_list_or_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, text: str, addresses: list[str]
) -> None:
    monkeypatch.setenv("BELLWETHER_NOTIFY_URLS", text)
    assert load_settings().notify_urls == addresses


def test_layout_of_the_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    folders = {
        settings.postgres_dir: "postgres",
        settings.run_dir: "run",
        settings.inbox_dir: "inbox",
        settings.sample_dir: "sample",
        settings.logs_dir: "logs",
    }
    assert {folder: tmp_path / name for folder, name in folders.items()} == {folder: folder for folder in folders}


def test_address_with_its_password_is_not_shown() -> None:
    settings = Settings(database_url="postgresql://me:hidden@host/db")
    assert "hidden" not in repr(settings)
    assert "hidden" not in settings.model_dump_json()
