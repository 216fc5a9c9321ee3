/**
 * {@code ./fleet pipeline}: what is wrong with files of pipelines and what a run would cost,
 * without a fleet. It asks no model and writes no file. Start with {@link
 * dev.flotilla.local.pipelines.PipelineDesk}.
 */
@NullMarked
package dev.flotilla.local.pipelines;

import org.jspecify.annotations.NullMarked;
