/**
 * Takes the services' spans and hands them to the trace viewer once there is one. Never refuses a
 * span and never keeps more than the newest few thousand. Start at {@link
 * dev.flotilla.local.spans.SpanRelay}.
 */
@NullMarked
package dev.flotilla.local.spans;

import org.jspecify.annotations.NullMarked;
