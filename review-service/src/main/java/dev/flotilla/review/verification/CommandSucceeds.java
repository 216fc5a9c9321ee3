package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.util.List;
import java.util.Map;

/**
 * A configured tool ends with status 0 on it.
 *
 * @param given what the request brought along, by name
 */
record CommandSucceeds(Command command, Map<String, String> given, Workshop workshop)
    implements Verifier {
  private static final int LONGEST_FILE = 400_000;

  CommandSucceeds {
    given = Map.copyOf(given);
  }

  static CommandSucceeds asked(Parameters parameters, Command command, Workshop workshop)
      throws BadVerifier {
    Map<String, String> given =
        command.given().isEmpty()
            ? Map.of()
            : parameters.textsByName("files", command.given(), LONGEST_FILE);
    return new CommandSucceeds(command, given, workshop);
  }

  @Override
  public String name() {
    return command.name();
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    return workshop.run(command, artifact, given, deadline);
  }

  /** What a request may say beside the name. */
  static List<String> parameters(Command command) {
    return command.given().isEmpty() ? List.of() : List.of("files");
  }
}
