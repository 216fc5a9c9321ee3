/**
 * OpenAI's chat dialect, which most providers and model servers speak. Bodies pass through; only
 * what must differ upstream is replaced. Start with {@link
 * dev.flotilla.provider.dialect.openai.OpenAiDialect}.
 */
@NullMarked
package dev.flotilla.provider.dialect.openai;

import org.jspecify.annotations.NullMarked;
