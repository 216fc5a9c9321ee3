/**
 * Decisions of people: what they are asked, who answered first, and what holds when nobody did. It
 * never knows what a decision is good for. Start with {@link dev.flotilla.review.people.Questions}.
 */
@NullMarked
package dev.flotilla.review.people;

import org.jspecify.annotations.NullMarked;
