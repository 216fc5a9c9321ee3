package dev.flotilla.judgement;

/**
 * What a deterministic check said of an artifact. No vote outweighs one that failed.
 *
 * @param name of the check, for example {@code json-parses}
 * @param detail what was found, safe to show; empty when there is nothing to say
 */
public record Check(String name, boolean passed, String detail) {}
