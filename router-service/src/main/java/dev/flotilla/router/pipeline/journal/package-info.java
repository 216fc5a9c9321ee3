/**
 * What runs have done, in PostgreSQL: each try of a step is written down before its call and after
 * it. It never decides what comes next. Start with {@link
 * dev.flotilla.router.pipeline.journal.Journal}.
 */
@NullMarked
package dev.flotilla.router.pipeline.journal;

import org.jspecify.annotations.NullMarked;
