package dev.flotilla.router.pipeline.journal;

/**
 * The right to go on with a run. A newer one ends it: whoever holds an older one can begin nothing
 * any more.
 *
 * @param version grows each time the run is taken up
 */
public record Lease(String run, long version) {}
