/**
 * A provider-service that answers as a test wants. It never judges. Start with {@link
 * dev.flotilla.review.fake.FakeProvider}.
 */
@NullMarked
package dev.flotilla.review.fake;

import org.jspecify.annotations.NullMarked;
