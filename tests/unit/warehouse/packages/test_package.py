"""package.yml: what is accepted, and errors that name the line and the correction."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from warehouse.packages import DataPackage, PackageError

SOUND = """\
name: shop
company: shop
title: A shop
is_simulated: false
business_timezone: Asia/Seoul
currency: KRW
as_of_dates: ["2024-02-01", "2024-01-01"]
attributes:
  floor: {type: numeric, unit: floors, label_en: Floor, label_ko: 층, direction: 0, description: Floor.}
files:
  - key: labels
    path: labels.csv
    target: source.outcome_label
    optional: true
  - key: customers
    path: customers*.csv
    target: crm.customer
    columns: {customer_code: Id, name: Name, email: {template: "{Id}@customer.invalid"}}
    attributes: {floor: Floor}
"""


def write(folder: Path, text: str = SOUND) -> Path:
    (folder / "package.yml").write_text(text, encoding="utf-8")
    (folder / "customers_b.csv").write_text("Id,Name,Floor\n")
    (folder / "customers_a.csv").write_text("Id,Name,Floor\n")
    return folder


def test_reads_a_package_in_order_of_loading(tmp_path: Path) -> None:
    package = DataPackage.read(write(tmp_path))
    assert [entry.target for entry in package.files] == ["crm.customer", "source.outcome_label"]
    assert [path.name for path in package.files[0].paths] == ["customers_a.csv", "customers_b.csv"]
    assert package.as_of_dates == (date(2024, 1, 1), date(2024, 2, 1))
    assert package.reject_limit_ratio == 0.05
    assert package.attributes["floor"].label_ko == "층"
    assert package.file_keys == ("customers", "labels")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("currency: KRW", "curency: KRW", "6:1", "did you mean currency?"),
        ("currency: KRW\n", "", "1:1", '"currency" is a required property'),
        ("is_simulated: false", "is_simulated: perhaps", "4:1", "boolean"),
        ("Asia/Seoul", "Mars/Base", "5:1", "not a time zone"),
        ('"2024-02-01"', '"2024-02-15"', "7:15", "as_of_dates[0]"),
        ("type: numeric", "type: number", "9:11", "did you mean numeric?"),
        ("target: crm.customer", "target: crm.customers", "17:5", "did you mean crm.customer?"),
        ("customer_code: Id", "customer_cod: Id", "18:15", "did you mean customer_code?"),
        ("name: Name", "name: {form: Name}", "18:34", "write the name of a column"),
        ("{floor: Floor}", "{flor: Floor}", "19:18", "declare it"),
        ("key: customers", "kye: customers", "15:5", "did you mean key?"),
        ("name: Name, ", "", "18:5", "name of crm.customer is required"),
        ("name: Name", "name: Name, name: Id", "18:46", "duplicate key"),
        ("currency: KRW", "currency: [", "7:12", "not YAML"),
    ],
)
def test_an_error_names_line_column_and_remedy(tmp_path: Path, old: str, new: str, place: str, words: str) -> None:
    with pytest.raises(PackageError) as caught:
        DataPackage.read(write(tmp_path, SOUND.replace(old, new, 1)))
    message = str(caught.value)
    assert words in message
    if "not YAML" not in words:
        assert f"package.yml:{place}: " in message


def test_targets_and_their_labels_have_to_be_defined(tmp_path: Path) -> None:
    columns = "columns: {target_name: {constant: churn}, customer_code: C, as_of_date: D, label: L}"
    text = SOUND.replace("target: source.outcome_label", f"target: source.outcome_label\n    {columns}")
    DataPackage.read(write(tmp_path, text.replace("files:", "targets: [churn, payment_default]\nfiles:", 1)))
    with pytest.raises(PackageError) as caught:
        DataPackage.read(write(tmp_path, text.replace("files:", "targets: [payment_default, chrun]\nfiles:", 1)))
    assert "package.yml:10:28: chrun is not a risk target" in str(caught.value)
    assert "defines churn, payment_default" in str(caught.value)
    assert "churn is not among `targets:`" in str(caught.value)


def test_all_problems_are_reported_in_line_order(tmp_path: Path) -> None:
    text = SOUND.replace("currency", "curency").replace("optional", "optionel")
    with pytest.raises(PackageError) as caught:
        DataPackage.read(write(tmp_path, text))
    lines = [int(problem.split(":")[1]) for problem in caught.value.problems]
    assert lines == sorted(lines)
    assert len(lines) >= 2


def test_a_missing_file_is_named_with_the_option_that_passes_it(tmp_path: Path) -> None:
    (tmp_path / "package.yml").write_text(SOUND, encoding="utf-8")
    with pytest.raises(PackageError, match=r"package.yml:16:5: no file matches customers\*.csv.*--file customers=PATH"):
        DataPackage.read(tmp_path)


def test_a_path_cannot_leave_the_package(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="leaves the package's folder"):
        DataPackage.read(write(tmp_path, SOUND.replace("labels.csv", "../labels.csv")))


def test_file_overrides_by_key_and_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Id,Name,Floor\n")
    package = DataPackage.read(write(tmp_path), {"customers": other})
    assert package.files[0].paths == (other.resolve(),)
    with pytest.raises(PackageError, match=r"did you mean customers\?"):
        DataPackage.read(tmp_path, {"custmers": other})
    with pytest.raises(PackageError, match="write KEY=PATH"):
        DataPackage.read(tmp_path, {"": other})
    one_key = SOUND.replace("key: labels", "key: customers")
    assert {e.paths for e in DataPackage.read(write(tmp_path, one_key), {"": other}).files} == {(other.resolve(),)}


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "name: shop\n", "\tname: x\n", "a: &x [*x]\n"])
def test_other_files_are_refused_with_a_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(PackageError, match=r"package.yml:\d+:\d+: "):
        DataPackage.read(write(tmp_path, text))


def test_folder_without_package_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="no such file"):
        DataPackage.read(tmp_path)
