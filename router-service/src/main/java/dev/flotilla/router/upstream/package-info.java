/**
 * Calls to the other services of the fleet; HTTP statuses become outcomes here and nowhere else. It
 * never decides what to do next. Start with {@link dev.flotilla.router.upstream.ModelCaller}.
 */
@NullMarked
package dev.flotilla.router.upstream;

import org.jspecify.annotations.NullMarked;
