/**
 * Tests the learner on answers that were recorded. Never asks a model. Start with {@link
 * dev.flotilla.learning.replay.Replay}.
 */
@NullMarked
package dev.flotilla.learning.replay;

import org.jspecify.annotations.NullMarked;
