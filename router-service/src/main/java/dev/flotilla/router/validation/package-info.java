/**
 * Judges whole answers: what is refused here is not given to anybody who asked for it and not kept.
 * It never asks a model and never repairs an answer. Start with {@link
 * dev.flotilla.router.validation.Validation}.
 */
@NullMarked
package dev.flotilla.router.validation;

import org.jspecify.annotations.NullMarked;
