/**
 * What a prompt looks like to a linear model. Start with {@link
 * dev.flotilla.learning.text.PromptFeatures}.
 */
@NullMarked
package dev.flotilla.learning.text;

import org.jspecify.annotations.NullMarked;
