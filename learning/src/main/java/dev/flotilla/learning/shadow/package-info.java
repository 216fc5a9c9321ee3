/**
 * Decides from paired answers whether a cheaper model is good enough, for a kind of work or for a
 * part of it. Never asks a model and never keeps a prompt longer than it learns from it. Start with
 * {@link dev.flotilla.learning.shadow.Evidence}, then {@link dev.flotilla.learning.shadow.Split}.
 */
@NullMarked
package dev.flotilla.learning.shadow;

import org.jspecify.annotations.NullMarked;
