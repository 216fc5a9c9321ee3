package dev.flotilla.review.verification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.review.sandbox.Sandbox;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All verifiers of this installation. Thread-safe. */
public final class Verifiers {
  private static final int MOST_ASKED = 20;

  /** Makes a verifier of what a request says about it. */
  private interface Maker {
    Verifier make(Parameters parameters) throws BadVerifier;
  }

  private final Map<String, Maker> makers = new TreeMap<>();

  private Verifiers(VerificationConfig config, @Nullable Workshop workshop, Path file) {
    var hosts = new NamedHosts(config.hosts(), config.privateHosts());
    plain(new NonEmpty());
    plain(new JsonParses());
    plain(new SecretsAbsent());
    plain(new JavaCompiles());
    makers.put(JsonHasSchema.NAME, JsonHasSchema::asked);
    makers.put(HasPattern.NAME, HasPattern::asked);
    makers.put(ForbiddenTerms.NAME, ForbiddenTerms::asked);
    makers.put(MaxWords.NAME, MaxWords::asked);
    makers.put(InLanguage.NAME, InLanguage::asked);
    makers.put(PersonalDataAbsent.NAME, PersonalDataAbsent::asked);
    makers.put(LinksResolve.NAME, parameters -> LinksResolve.asked(parameters, hosts));
    if (workshop != null) {
      config.commands().values().forEach(command -> command(command, workshop, file));
    }
  }

  /**
   * Reads {@code verifiers.yaml} and, when it has commands, tries the sandbox out.
   *
   * @param configuration the folder it is in
   * @throws ConfigurationException when it cannot be used, or commands cannot be run here safely
   */
  public static Verifiers open(Path configuration) {
    Path file = configuration.resolve("verifiers.yaml");
    VerificationConfig config = VerificationConfig.read(file, configuration);
    if (config.commands().isEmpty()) {
      return new Verifiers(config, null, file);
    }
    var rooms = new Rooms(Sandbox.open(config.atOnce()));
    config
        .commands()
        .values()
        .forEach(command -> rooms.mustHave(command, file + ": commands." + command.name()));
    return new Verifiers(config, rooms, file);
  }

  /**
   * Reads {@code verifiers.yaml}; its commands are run by another process, which has the same file.
   *
   * @param configuration the folder it is in
   * @param verifier where that process listens
   * @throws ConfigurationException when the file cannot be used
   */
  public static Verifiers withCommandsElsewhere(
      Path configuration, HttpCaller http, URI verifier, ServiceToken token) {
    Path file = configuration.resolve("verifiers.yaml");
    return new Verifiers(
        VerificationConfig.read(file, configuration), new Elsewhere(http, verifier, token), file);
  }

  /**
   * What a request asks for.
   *
   * @param written a list of names and of objects with a name and parameters; missing or null for
   *     none
   * @throws BadVerifier when it cannot be asked for like that
   */
  public List<Verifier> asked(JsonNode written) throws BadVerifier {
    if (written.isMissingNode() || written.isNull()) {
      return List.of();
    }
    if (!written.isArray() || written.size() > MOST_ASKED) {
      throw new BadVerifier(
          "verify is no list of at most "
              + MOST_ASKED
              + " verifiers; write e.g. [\"json-parses\"].");
    }
    var verifiers = new ArrayList<Verifier>();
    for (JsonNode each : written) {
      verifiers.add(one(each));
    }
    return verifiers;
  }

  private Verifier one(JsonNode written) throws BadVerifier {
    ObjectNode object;
    if (written.isTextual()) {
      object = Json.object();
      object.set("name", written);
    } else if (written instanceof ObjectNode tree && tree.path("name").isTextual()) {
      object = tree;
    } else {
      throw new BadVerifier(
          "verify has something that is no verifier; write a name, or e.g. {\"name\": \"max-words\", \"most\": 200}.");
    }
    String name = object.path("name").textValue();
    Maker maker = makers.get(name);
    if (maker == null) {
      throw new BadVerifier(
          "verify has '" + name + "', which is no verifier; there are " + makers.keySet() + ".");
    }
    var parameters = new Parameters(name, object);
    Verifier verifier = maker.make(parameters);
    parameters.nothingElse();
    return verifier;
  }

  private void plain(Verifier verifier) {
    makers.put(verifier.name(), parameters -> verifier);
  }

  private void command(Command command, Workshop workshop, Path file) {
    if (makers.put(
            command.name(), parameters -> CommandSucceeds.asked(parameters, command, workshop))
        != null) {
      throw new ConfigurationException(
          file
              + ": commands."
              + command.name()
              + " has the name of a verifier that is always there; write another one");
    }
  }
}
