package dev.flotilla.router.pipeline.journal;

import java.time.Instant;

/**
 * Something that happened in a run.
 *
 * @param number from 1, without gaps
 * @param type e.g. {@code step.completed}
 * @param data JSON object
 */
public record RunEvent(long number, String type, String data, Instant at) {}
