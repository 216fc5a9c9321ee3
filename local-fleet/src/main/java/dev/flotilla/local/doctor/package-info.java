/**
 * Decides whether this machine can run a fleet, and says for each thing that is wrong how to put it
 * right. Never changes anything and never shows a secret. Start at {@link
 * dev.flotilla.local.doctor.Doctor#run}.
 */
@NullMarked
package dev.flotilla.local.doctor;

import org.jspecify.annotations.NullMarked;
