package dev.flotilla.kit.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * Something that happened and that somebody wants to be told.
 *
 * @param id the same for the same event: sent twice it is one message; becomes {@code webhook-id}
 * @param team whose event it is
 * @param target name of who is told
 * @param type such as {@code run.completed}
 * @param at when it happened
 * @param data what there is to tell
 */
public record WebhookEvent(
    String id, String team, String target, String type, Instant at, ObjectNode data) {}
