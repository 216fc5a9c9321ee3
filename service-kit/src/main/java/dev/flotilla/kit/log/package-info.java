/**
 * Log lines as JSON, with the ids that tie them to a request. Never a prompt, an answer or a key.
 * Start with {@link dev.flotilla.kit.log.JsonLines}.
 */
@NullMarked
package dev.flotilla.kit.log;

import org.jspecify.annotations.NullMarked;
