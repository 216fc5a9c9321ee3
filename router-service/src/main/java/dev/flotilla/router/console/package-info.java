/**
 * The console: pages for people, made on the server from what the fleet's public APIs tell the
 * visitor's own key. It never decides who may see or do what, keeps nothing, and has no way in that
 * a key would not have. Start with {@link dev.flotilla.router.console.ConsoleParts}.
 */
@NullMarked
package dev.flotilla.router.console;

import org.jspecify.annotations.NullMarked;
