/**
 * Reads files of pipelines and finds what is wrong with them before anything runs: all of it at
 * once, each with its place and what to write instead. It never changes a file and asks nobody.
 * Start with {@link dev.flotilla.pipelines.loading.PipelineLoader}.
 */
@NullMarked
package dev.flotilla.pipelines.loading;

import org.jspecify.annotations.NullMarked;
