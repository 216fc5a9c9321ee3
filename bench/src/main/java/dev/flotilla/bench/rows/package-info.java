/**
 * A ledger of many rows: how fast it takes more, and how long reports of it take. Nothing is spent,
 * and no other part of the fleet is asked than cost-service. Start with {@link
 * dev.flotilla.bench.rows.ManyRows}.
 */
@NullMarked
package dev.flotilla.bench.rows;

import org.jspecify.annotations.NullMarked;
