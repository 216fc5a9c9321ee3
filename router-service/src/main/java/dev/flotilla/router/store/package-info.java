/**
 * The router's own database, which it can live without: what is asked and answered at once needs
 * none. It never knows what the tables mean. Start with {@link dev.flotilla.router.store.Store}.
 */
@NullMarked
package dev.flotilla.router.store;

import org.jspecify.annotations.NullMarked;
