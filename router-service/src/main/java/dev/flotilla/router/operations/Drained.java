package dev.flotilla.router.operations;

import java.time.Instant;

/**
 * A provider nobody is to choose.
 *
 * @param by id of the key with which somebody said so
 */
record Drained(String provider, Instant since, String by) {}
