/**
 * What kind of task a request is. It never chooses a model. Start with {@link
 * dev.flotilla.router.classification.Classifier}.
 */
@NullMarked
package dev.flotilla.router.classification;

import org.jspecify.annotations.NullMarked;
