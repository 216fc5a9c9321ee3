/**
 * Webhooks through the door: whom there is to tell, and what became of what was told. It never
 * sends anything. Start with {@link dev.flotilla.router.webhook.WebhookRoute}.
 */
@NullMarked
package dev.flotilla.router.webhook;

import org.jspecify.annotations.NullMarked;
