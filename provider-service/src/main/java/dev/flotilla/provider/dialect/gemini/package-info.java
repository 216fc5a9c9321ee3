/**
 * Gemini's generateContent, in words of OpenAI's chat dialect in both directions. It translates
 * everything or objects before anything is sent; it never drops a parameter silently. Start with
 * {@link dev.flotilla.provider.dialect.gemini.GeminiDialect}; what becomes of each parameter is in
 * {@link dev.flotilla.provider.dialect.gemini.RequestWriter}.
 */
@NullMarked
package dev.flotilla.provider.dialect.gemini;

import org.jspecify.annotations.NullMarked;
