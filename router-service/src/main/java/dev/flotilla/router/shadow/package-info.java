/**
 * Finds out which cheaper models are good enough: shows a share of requests to two models, compares
 * the answers, and keeps what came of it in PostgreSQL. It never touches an answer that a caller
 * gets. Start with {@link dev.flotilla.router.shadow.Shadows}.
 */
@NullMarked
package dev.flotilla.router.shadow;

import org.jspecify.annotations.NullMarked;
