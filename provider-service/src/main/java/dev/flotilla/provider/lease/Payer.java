package dev.flotilla.provider.lease;

import org.jspecify.annotations.Nullable;

/** Whose money a call costs, as budgets tell them apart. */
public record Payer(String team, String key, @Nullable String project, @Nullable String pipeline) {}
