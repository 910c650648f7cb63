"""Messages that name persons, each piece often enough to enter a vocabulary and to decide a category."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from psycopg import Connection

from tests.voc_world import insert_tree
from warehouse.connection import Role, Warehouse

#: A piece of any of these, in any column, file or page, is a leak; hexadecimal hashes around it are none.
PIECES = r"(?<![0-9a-f])(7391|4826)(?![0-9a-f])|gildo|quill|mailbox|길동|철수"
CUSTOMER, NAME = "C7", "홍길동"
LETTERS = {
    "V11": "전화는 010-7391-4826 번이고 개미가 또 나왔어요. {}",
    "V12": "write to gildong.quill@mailbox.example about the mice again. {}",
    "V21": "홍길동 이라고 합니다 요금이 두 번 나갔어요. {}",
    "V22": "박철수 기사님 말과 달리 금액이 틀려요. {}",
}
ENDINGS = ("확인 부탁드립니다", "please look at it", "빨리 와 주세요", "thank you")
_CUSTOMER = (
    "insert into crm.customer (customer_code, name, email, known_at) values (%s, %s, 'c@c.example', '2024-01-01')"
)
_MESSAGE = """
insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id)
values (%(rcno)s, %(at)s, %(ccod)s, %(content)s, %(at)s, md5(%(content)s), 1)
"""
_LABEL = """
insert into source.message_label (rcno, voc_id, is_claim, reviewer, reviewed_at) values (%s, %s, %s, 'Kim', %s)
"""


def insert_letters(warehouse: Warehouse, count: int = 96, *, name: str = NAME) -> None:
    """A tree, one customer and its messages, four fifths of them labelled."""
    insert_tree(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(_CUSTOMER, [CUSTOMER, name])
        for number in range(count):
            _insert_letter(connection, number)


def _insert_letter(connection: Connection, number: int) -> None:
    voc_id = sorted(LETTERS)[number % len(LETTERS)]
    content = LETTERS[voc_id].format(ENDINGS[number // len(LETTERS) % len(ENDINGS)])
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=7 * number)
    rcno = f"R{number}"
    connection.execute(_MESSAGE, {"rcno": rcno, "at": at, "ccod": CUSTOMER, "content": content})
    if number % 5:
        connection.execute(_LABEL, [rcno, voc_id, voc_id < "V2", at + timedelta(days=1)])
