/**
 * Real parts for tests: PostgreSQL, Redis, a model provider that keeps its own bill, and a receiver
 * of traces. Nothing here is a mock of our own code, and nothing here ships. Start with {@link
 * dev.flotilla.testkit.RealPostgres} or {@link dev.flotilla.testkit.CountingUpstream}.
 */
@NullMarked
package dev.flotilla.testkit;

import org.jspecify.annotations.NullMarked;
