/**
 * Anthropic's Messages API behind OpenAI's chat dialect. What it has no words for is an objection
 * before anything is sent, never left out. Start with {@link
 * dev.flotilla.provider.dialect.anthropic.AnthropicDialect}; what becomes of each parameter is in
 * {@link dev.flotilla.provider.dialect.anthropic.RequestWriter}.
 */
@NullMarked
package dev.flotilla.provider.dialect.anthropic;

import org.jspecify.annotations.NullMarked;
