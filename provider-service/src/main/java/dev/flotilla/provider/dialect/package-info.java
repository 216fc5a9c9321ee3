/**
 * How a provider is asked and what its answer means. A dialect asks once; it never retries, prices
 * or writes anything down. Start with {@link dev.flotilla.provider.dialect.Dialect}.
 */
@NullMarked
package dev.flotilla.provider.dialect;

import org.jspecify.annotations.NullMarked;
