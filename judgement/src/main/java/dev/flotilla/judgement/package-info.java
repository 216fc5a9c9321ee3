/**
 * What several reviewers found, put together. It asks nobody, knows no clock and no chance, and
 * decides nothing: policies do. Start with {@link dev.flotilla.judgement.finding.Merging}.
 */
@NullMarked
package dev.flotilla.judgement;

import org.jspecify.annotations.NullMarked;
