/**
 * The console as people meet it: a running fleet and a real browser. It tests nothing that can be
 * told without one. Start with {@link dev.flotilla.console.ConsoleIT}.
 */
@NullMarked
package dev.flotilla.console;

import org.jspecify.annotations.NullMarked;
