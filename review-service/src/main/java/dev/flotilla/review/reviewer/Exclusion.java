package dev.flotilla.review.reviewer;

/**
 * A model that may not review, and why.
 *
 * @param name as the caller wrote it, else its id
 * @param model its id; empty when nothing is behind the name
 * @param reason safe to show
 */
public record Exclusion(String name, String model, String reason) {}
