/**
 * What every HTTP entry shares: errors in OpenAI's shape, deadlines, server-sent events. No routes
 * and no business words. Start with {@link dev.flotilla.kit.http.ApiError}.
 */
@NullMarked
package dev.flotilla.kit.http;

import org.jspecify.annotations.NullMarked;
