/**
 * Linear models and how they are trained. Start with {@link
 * dev.flotilla.learning.linear.SoftmaxRegression}.
 */
@NullMarked
package dev.flotilla.learning.linear;

import org.jspecify.annotations.NullMarked;
