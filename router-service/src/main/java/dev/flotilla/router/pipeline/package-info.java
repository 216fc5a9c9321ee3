/**
 * Pipelines as callers see them: what there is, runs of them, and what became of those. It never
 * does a step itself. Start with {@link dev.flotilla.router.pipeline.RunsRoute}.
 */
@NullMarked
package dev.flotilla.router.pipeline;

import org.jspecify.annotations.NullMarked;
