package dev.flotilla.review.reviewer;

import org.jspecify.annotations.Nullable;

/**
 * One thing a reviewer found.
 *
 * @param criterion which part of the plan it is about; null when about none
 * @param file null when the artifact is one piece
 * @param line from 1; null when it is about no line
 * @param claim what is wrong
 * @param evidence where it can be seen
 * @param suggestion what to do instead; null when there is none
 */
public record Finding(
    Severity severity,
    @Nullable String criterion,
    @Nullable String file,
    @Nullable Integer line,
    String claim,
    String evidence,
    @Nullable String suggestion) {}
