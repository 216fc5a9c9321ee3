package dev.flotilla.tests;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

  /** What provider-service shows to beta, from the file {@code BETA_KEY_FILE}. */
  static final String BETA_KEY = "sk-beta-from-its-file";

  /** A pipeline of one step. */
  private static final String NOTE =
      """
      apiVersion: pipelines/v1
      name: note
      description: Says what a text is about.
      input: {schema: {type: object, required: [text], properties: {text: {type: string}}}}
      steps:
        - {id: note, model: alpha/m, prompt: "What is this about?\n{{ input.text | data }}"}
      result: note
      """;

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
    fleet.gamma.always(Behaviour.ok());
    fleet.delta.always(Behaviour.ok());
  }

  private static FleetUnderTest fleet(ExtensionContext context) {
    // Surefire runs one class after the other, each with a root of its own, in one session: its
    // store is closed after the last class, and the fleet with it.
    return context
        .getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, SHARED)
        .computeIfAbsent("fleet", key -> start(), FleetUnderTest.class);
  }

  private static FleetUnderTest start() {
    try {
      Path folder = Files.createTempDirectory("flotilla-tests");
      Path betasKey = Files.writeString(folder.resolve("beta-key"), BETA_KEY + "\n");
      Files.writeString(
          Files.createDirectories(folder.resolve("config/pipelines")).resolve("note.yaml"), NOTE);
      // One test's failing upstream must not open a circuit for the next.
      return FleetUnderTest.start(
          folder,
          "",
          Map.of(
              Service.ROUTER,
              TokenIssuer.environment(folder),
              Service.PROVIDER,
              Map.of(
                  "BETA_KEY_FILE", betasKey.toString(),
                  "FLOTILLA_BREAKER_WINDOW", "1000",
                  "FLOTILLA_BREAKER_MINIMUM_CALLS", "1000")));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
