"""Holdings as a matrix: rows are customers, columns items, both sorted by code.

Belongs here: from a frame of holdings to the matrix, and its counts. Does not: rankings.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Holdings:
    """Holdings of one kind of item.

    Parameters
    ----------
    customer_codes, item_codes : array of str
        Rows and columns, each sorted by code.
    matrix : csr_matrix of float64, shape (customers, items)
        1 where the customer holds the item.
    """

    customer_codes: np.ndarray
    item_codes: np.ndarray
    matrix: csr_matrix

    @property
    def holder_counts(self) -> IntArray:
        """Customers that hold each item, shape (items,)."""
        return np.asarray(self.matrix.sum(axis=0)).ravel().astype(np.int64)

    @property
    def precedence(self) -> IntArray:
        """Columns in the order that breaks ties: most holders first; ties: smaller code."""
        order: IntArray = np.lexsort((np.arange(len(self.item_codes)), -self.holder_counts))
        return order

    def dense(self, rows: slice) -> FloatArray:
        """Return some rows as a dense block."""
        block: FloatArray = self.matrix[rows].toarray()
        return block


def build_holdings(pairs: pd.DataFrame, customer_codes: np.ndarray, item_codes: np.ndarray) -> Holdings:
    """Build the matrix.

    Parameters
    ----------
    pairs : DataFrame
        `customer_code`, `item_code`; repeated pairs count once. Pairs with a customer outside `customer_codes` or an
        item outside `item_codes` are ignored.
    customer_codes, item_codes : array of str
        All customers and all items, with or without holdings.
    """
    customers, items = np.array(sorted(customer_codes), dtype=object), np.array(sorted(item_codes), dtype=object)
    rows = pd.Index(customers).get_indexer(pd.Index(pairs["customer_code"], dtype=object))
    columns = pd.Index(items).get_indexer(pd.Index(pairs["item_code"], dtype=object))
    is_known = (rows >= 0) & (columns >= 0)
    shape = (len(customers), len(items))
    matrix = csr_matrix((np.ones(int(is_known.sum())), (rows[is_known], columns[is_known])), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return Holdings(customers, items, matrix)
