/**
 * Tells others what happened: signed messages to addresses that only the configuration names, sent
 * again until they arrive. It never posts to an address from a request. Start with {@link
 * dev.flotilla.kit.webhook.Webhooks}.
 */
@NullMarked
package dev.flotilla.kit.webhook;

import org.jspecify.annotations.NullMarked;
