package dev.flotilla.tests;

import dev.flotilla.testkit.CountingUpstream;

/** Who answers in a {@link FleetUnderTest}, by what it speaks. */
enum Upstream {
  OPENAI("alpha/m"),
  ANTHROPIC("gamma/m"),
  GEMINI("delta/m");

  final String model;

  Upstream(String model) {
    this.model = model;
  }

  CountingUpstream in(FleetUnderTest fleet) {
    return switch (this) {
      case OPENAI -> fleet.alpha;
      case ANTHROPIC -> fleet.gamma;
      case GEMINI -> fleet.delta;
    };
  }
}
