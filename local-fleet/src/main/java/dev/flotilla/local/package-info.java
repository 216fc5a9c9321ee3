/**
 * Decides what each command of {@code ./fleet} does and with which exit code it ends. Never starts
 * a process by itself and never speaks to a service by itself: that is the work of {@code
 * supervision} and {@code demo}. Start at {@link dev.flotilla.local.Fleet#main}.
 */
@NullMarked
package dev.flotilla.local;

import org.jspecify.annotations.NullMarked;
