/**
 * Who may review what, and how a reviewer is asked. It never weighs what reviewers say. Start with
 * {@link dev.flotilla.review.reviewer.Eligibility}, then {@link
 * dev.flotilla.review.reviewer.Panel}.
 */
@NullMarked
package dev.flotilla.review.reviewer;

import org.jspecify.annotations.NullMarked;
