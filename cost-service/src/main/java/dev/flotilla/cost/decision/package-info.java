/**
 * Takes what the router explains about its answers and keeps one decision per team and request. It
 * never knows money and never judges a decision. Start with {@link
 * dev.flotilla.cost.decision.DecisionResource}.
 */
@NullMarked
package dev.flotilla.cost.decision;

import org.jspecify.annotations.NullMarked;
