"""Files as they come: marks, encodings, broken lines, cut archives; lines counted as people count."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers import SourceFile, open_reader
from warehouse.loading.readers.chunk import LINE, Reject
from warehouse.packages import FileEntry


def read(path: Path, content: bytes | None = None, **options: Any) -> tuple[pl.DataFrame, list[Reject]]:
    if content is not None:
        path.write_bytes(content)
    entry = FileEntry("k", path.name, "crm.customer", (path,), (), **options)
    chunks = list(open_reader(SourceFile(path, path.name, entry)).chunks())
    frames = [chunk.frame for chunk in chunks]
    return (
        pl.concat(frames) if frames else pl.DataFrame(),
        [reject for chunk in chunks for reject in chunk.rejects],
    )


def test_csv_lines_count_header_breaks_blanks_and_bad_records(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbfa,b,c\r\n1,"x\ny",3\r\n\r\n2,3\r\n4,5,6\r\n7,8,9,10\r\n1,"",\r\nlast,3'
    frame, rejects = read(tmp_path / "f.csv", content)
    assert frame.rows() == [("1", "x\ny", "3", 2), ("4", "5", "6", 6), ("1", None, None, 8)]
    assert [(r.line, r.code, r.row["raw_line"]) for r in rejects] == [
        (5, "wrong_field_count", "2,3"),
        (7, "wrong_field_count", "7,8,9,10"),
        (9, "wrong_field_count", "last,3"),
    ]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1),
            st.text(st.sampled_from('ab,"\n ;'), min_size=1),
        ),
        min_size=1,
    )
)
def test_csv_round_trip_with_true_line_numbers(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    lines = []
    for row in rows:
        lines.append(buffer.getvalue().count("\n") + 1)
        writer.writerow(row)
    frame, rejects = read(tmp_path_factory.mktemp("csv") / "f.csv", buffer.getvalue().encode())
    assert frame.rows() == [(*row, line) for row, line in zip(rows, lines, strict=True)]
    assert rejects == []


@pytest.mark.parametrize("encoding", ["cp949", "utf-16", "utf-8-sig"])
def test_stated_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    frame, _ = read(tmp_path / "f.csv", "이름,b\n한글,2\n".encode(encoding), encoding=encoding)
    assert frame.rows() == [("한글", "2", 2)]
    assert frame.columns == ["이름", "b", LINE]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("f.csv", b"", r"f.csv:1: the file is empty"),
        ("f.csv", "a,b\n한글,2\n".encode("cp949"), r"f.csv:2: byte 0xc7 is not utf-8; state .*encoding"),
        ("f.csv", "a,b\n1,2\n".encode("utf-16"), r"encoding: utf-16"),
        ("f.csv", b"a;b\n1;2\n", r"f.csv:1: the header has no ','; state `delimiter: ';'`"),
        ("f.csv", b"a,a\n1,2\n", r"f.csv:1, column a: the header names this column twice"),
        ("f.csv", b'a,b\n1,"open\n2,3\n', r"f.csv:2: a quoted value that starts here is never closed"),
        ("f.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 99_999)[:-20], r"incomplete or damaged"),
        ("f.csv.gz", b"a,b\n1,2\n", r"not a gzip file .*compression: none"),
        ("f.parquet", b"PAR1 and then nothing", r"not a complete Parquet file"),
        ("f.parquet", b"", r"the file is empty"),
        ("f.jsonl.gz", gzip.compress(b'{"a": 1}\n' * 99_999)[:-20], r"incomplete or damaged"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_place_and_remedy(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(FileRefusedError, match=words):
        read(tmp_path / name, content)


def test_unknown_encoding_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="encoding klingon is not known"):
        read(tmp_path / "f.csv", b"a,b\n", encoding="klingon")


def test_a_quote_inside_an_unquoted_value_is_only_a_character(tmp_path: Path) -> None:
    frame, _ = read(tmp_path / "f.csv", b'a,b\n5" pipe,1\nx,2\n')
    assert frame["a"].to_list() == ['5" pipe', "x"]


def test_headers_alone_and_no_json_lines_are_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path / "f.csv", b"a,b\n")[0].is_empty()
    assert read(tmp_path / "f.jsonl", b"")[0].is_empty()


def test_json_lines_keep_nested_values_and_reject_single_lines(tmp_path: Path) -> None:
    content = b'{"a":1,"b":{"c":[1]}}\n\n{"a":"x"}\nnot json\n[1]\n{"d":true}'
    frame, rejects = read(tmp_path / "f.jsonl", content)
    assert frame.rows(named=True) == [
        {"a": "1", "b": '{"c":[1]}', "d": None, LINE: 1},
        {"a": "x", "b": None, "d": None, LINE: 3},
        {"a": None, "b": None, "d": "true", LINE: 6},
    ]
    assert [(r.line, r.code) for r in rejects] == [(4, "not_json"), (5, "not_json")]


def test_parquet_is_read_in_bounded_batches(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    pl.DataFrame({"a": range(12_000)}).write_parquet(path)
    entry = FileEntry("k", path.name, "crm.customer", (path,), ())
    chunks = [chunk.frame for chunk in open_reader(SourceFile(path, path.name, entry)).chunks()]
    assert [frame.height for frame in chunks] == [5_000, 5_000, 2_000]
    assert pl.concat(chunks)[LINE].to_list() == list(range(1, 12_001))
