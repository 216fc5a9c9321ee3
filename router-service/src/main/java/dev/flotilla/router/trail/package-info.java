/**
 * What administrators and reviewers did: written once, changed by nobody. It never decides whether
 * they may. Start with {@link dev.flotilla.router.trail.Trail}.
 */
@NullMarked
package dev.flotilla.router.trail;

import org.jspecify.annotations.NullMarked;
