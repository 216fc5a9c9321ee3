/**
 * Decides how text looks to a person: columns, and colour only where it can be seen. Never decides
 * what is said. Start at {@link dev.flotilla.local.terminal.Terminal}.
 */
@NullMarked
package dev.flotilla.local.terminal;

import org.jspecify.annotations.NullMarked;
