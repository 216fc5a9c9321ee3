/**
 * Asks the next candidate when one fails, and knows why it went on. It never judges prices or
 * tenants. Start with {@link dev.flotilla.router.fallback.FallbackChain}.
 */
@NullMarked
package dev.flotilla.router.fallback;

import org.jspecify.annotations.NullMarked;
