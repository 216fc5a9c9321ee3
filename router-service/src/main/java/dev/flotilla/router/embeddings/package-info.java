/**
 * The way in for texts that are to become vectors: looks at what OpenAI's reference admits, and
 * hands the request to the one path that all requests go. It decides nothing about models; that
 * vectors never leave their space is {@code routing}'s part. Start with {@link
 * dev.flotilla.router.embeddings.EmbeddingsRoute}.
 */
@NullMarked
package dev.flotilla.router.embeddings;

import org.jspecify.annotations.NullMarked;
