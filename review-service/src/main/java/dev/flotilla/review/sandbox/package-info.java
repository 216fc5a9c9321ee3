/**
 * Runs one command where it can do no harm: in Linux namespaces of its own, without network, with
 * bounds on all it may use. It never decides what is run, and never runs anything when the room
 * cannot be closed. Start with {@link dev.flotilla.review.sandbox.Sandbox}.
 */
@NullMarked
package dev.flotilla.review.sandbox;

import org.jspecify.annotations.NullMarked;
