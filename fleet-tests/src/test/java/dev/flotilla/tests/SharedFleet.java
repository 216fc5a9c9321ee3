package dev.flotilla.tests;

import dev.flotilla.testkit.Behaviour;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests one fleet for all of them: starting four services takes longer than most tests.
 * Before each test its upstreams are well.
 */
final class SharedFleet implements ParameterResolver, BeforeEachCallback {
  private static final ExtensionContext.Namespace SHARED =
      ExtensionContext.Namespace.create(SharedFleet.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == FleetUnderTest.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return fleet(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    FleetUnderTest fleet = fleet(context);
    fleet.alpha.always(Behaviour.ok());
    fleet.beta.always(Behaviour.ok());
  }

  private static FleetUnderTest fleet(ExtensionContext context) {
    // The root's store is closed after the last test, and the fleet with it.
    return context
        .getRoot()
        .getStore(SHARED)
        .computeIfAbsent("fleet", key -> start(), FleetUnderTest.class);
  }

  private static FleetUnderTest start() {
    try {
      return FleetUnderTest.start(Files.createTempDirectory("flotilla-tests"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
