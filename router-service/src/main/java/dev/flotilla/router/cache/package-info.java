/**
 * Answers already given, by tenant and whole request, in Redis. It never keeps an unfinished answer
 * and never shows one team's to another. Start with {@link dev.flotilla.router.cache.AnswerCache}.
 */
@NullMarked
package dev.flotilla.router.cache;

import org.jspecify.annotations.NullMarked;
