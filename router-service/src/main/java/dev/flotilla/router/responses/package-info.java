/**
 * OpenAI's Responses API as a way in, as far as it needs no memory: puts its requests into the
 * words this fleet speaks among itself, and answers back into its items and events. It decides
 * nothing about models, asks none and stores nothing; what needs a store, or tools that run at
 * OpenAI, is a 400 that names it. Start with {@link dev.flotilla.router.responses.ResponsesRoute};
 * what becomes of each parameter is in {@link dev.flotilla.router.responses.RequestReader}.
 */
@NullMarked
package dev.flotilla.router.responses;

import org.jspecify.annotations.NullMarked;
