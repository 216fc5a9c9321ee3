/**
 * The language of pipelines: what a file says, whether it can be right, what it may cost at most
 * and how it looks. It never asks a model and keeps nothing. Start with {@link
 * dev.flotilla.pipelines.definition.Pipeline}.
 */
@NullMarked
package dev.flotilla.pipelines;

import org.jspecify.annotations.NullMarked;
