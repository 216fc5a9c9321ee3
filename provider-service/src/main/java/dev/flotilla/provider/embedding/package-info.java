/**
 * What a request for vectors says and what is an answer to it, in OpenAI's dialect, whoever is
 * asked. It never asks anybody and never prices. Start with {@link
 * dev.flotilla.provider.embedding.Inputs}.
 */
@NullMarked
package dev.flotilla.provider.embedding;

import org.jspecify.annotations.NullMarked;
