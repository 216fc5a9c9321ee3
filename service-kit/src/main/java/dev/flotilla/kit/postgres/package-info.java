/**
 * One schema of PostgreSQL for one service: a bounded pool, migrations that wait for a database
 * that is away for a moment, and transactions that are tried again when the database says so. It
 * never knows what the tables mean. Start with {@link dev.flotilla.kit.postgres.Database}.
 */
@NullMarked
package dev.flotilla.kit.postgres;

import org.jspecify.annotations.NullMarked;
