/**
 * What a pipeline says, as immutable values with every default filled in. Nothing here reads files
 * or does what is written. Start with {@link dev.flotilla.pipelines.definition.Pipeline}.
 */
@NullMarked
package dev.flotilla.pipelines.definition;

import org.jspecify.annotations.NullMarked;
