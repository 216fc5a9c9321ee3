package dev.flotilla.pipelines.loading;

/**
 * What must be known of a policy of reviews.
 *
 * @param panelSize how many reviewers are asked, at least 1
 * @param independence what they share with nobody: {@code model}, {@code family} or {@code
 *     provider}
 */
public record ReviewPolicy(int panelSize, String independence) {}
