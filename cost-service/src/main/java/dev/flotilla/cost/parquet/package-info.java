/**
 * Tables as Parquet files, written while their rows come: flat ones, of text, amounts, counts and
 * moments, which is all a bill needs. It never reads one and knows nothing of costs. Start with
 * {@link dev.flotilla.cost.parquet.ParquetTable}; docs/decisions/0018-parquet-is-written-by-us.md
 * says why there is no library.
 */
@NullMarked
package dev.flotilla.cost.parquet;

import org.jspecify.annotations.NullMarked;
