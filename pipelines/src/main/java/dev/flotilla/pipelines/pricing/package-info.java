/**
 * What a run may cost, before it runs: at least, probably and at most. It never spends and never
 * refuses. Start with {@link dev.flotilla.pipelines.pricing.DryRun}.
 */
@NullMarked
package dev.flotilla.pipelines.pricing;

import org.jspecify.annotations.NullMarked;
