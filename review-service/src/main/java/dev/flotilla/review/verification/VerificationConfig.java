package dev.flotilla.review.verification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.review.sandbox.Job;
import dev.flotilla.review.sandbox.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an installation lets verifiers do, from {@code verifiers.yaml}.
 *
 * @param hosts whose links are followed; none when empty
 * @param privateHosts those of them that may be in our own network
 * @param atOnce how many commands run at the same time
 * @param commands by name
 */
record VerificationConfig(
    Set<String> hosts, Set<String> privateHosts, int atOnce, Map<String, Command> commands) {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  record Written(
      @Nullable Links links,
      @Nullable Integer commandsAtOnce,
      @Nullable Map<String, @Nullable WrittenCommand> commands) {}

  record Links(@Nullable Set<String> hosts, @Nullable Set<String> privateHosts) {}

  record WrittenCommand(
      @Nullable List<List<String>> run,
      @Nullable String artifact,
      @Nullable List<String> given,
      @Nullable Map<String, String> files,
      @Nullable List<String> readable,
      @Nullable WrittenLimits limits) {}

  record WrittenLimits(
      @Nullable String wallClock,
      @Nullable String cpu,
      @Nullable Integer memoryMb,
      @Nullable Integer addressMb,
      @Nullable Integer fileMb,
      @Nullable Integer spaceMb,
      @Nullable Integer processes,
      @Nullable Integer outputKb) {}

  VerificationConfig {
    hosts = Set.copyOf(hosts);
    privateHosts = Set.copyOf(privateHosts);
    commands = Map.copyOf(commands);
  }

  /**
   * Without the file no links are followed and no commands run.
   *
   * @param closed a folder that no command may read
   * @throws ConfigurationException naming the place, what was found and what to write instead
   */
  static VerificationConfig read(Path file, Path closed) {
    if (Files.notExists(file)) {
      return new VerificationConfig(Set.of(), Set.of(), 1, Map.of());
    }
    Written written;
    try {
      written = YAML.readValue(Files.readAllBytes(file), Written.class);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (written == null) {
      return new VerificationConfig(Set.of(), Set.of(), 1, Map.of());
    }
    var commands = new TreeMap<String, Command>();
    if (written.commands() != null) {
      written
          .commands()
          .forEach(
              (name, command) ->
                  commands.put(name, command(file + ": commands." + name, name, command, closed)));
    }
    Links links = written.links() == null ? new Links(null, null) : written.links();
    return new VerificationConfig(
        hosts(file + ": links.hosts", links.hosts()),
        hosts(file + ": links.private_hosts", links.privateHosts()),
        atOnce(file, written.commandsAtOnce()),
        commands);
  }

  private static int atOnce(Path file, @Nullable Integer written) {
    if (written == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    if (written < 1) {
      throw new ConfigurationException(
          file + ": commands_at_once is " + written + "; write 1 or more");
    }
    return written;
  }

  private static Set<String> hosts(String at, @Nullable Set<String> written) {
    for (String host : written == null ? Set.<String>of() : written) {
      if (host == null || !host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")) {
        throw new ConfigurationException(
            at + " has '" + host + "'; write the name of a host, such as docs.example.com");
      }
    }
    return written == null ? Set.of() : written;
  }

  private static Command command(
      String at, String name, @Nullable WrittenCommand written, Path closed) {
    if (!name.matches("[a-z][a-z0-9-]{0,63}")) {
      throw new ConfigurationException(
          at + " is no name; write up to 64 small letters, digits and dashes");
    }
    if (written == null
        || written.run() == null
        || written.run().isEmpty()
        || written.run().stream().anyMatch(each -> each == null || each.isEmpty())
        || written.artifact() == null) {
      throw new ConfigurationException(
          at
              + " needs run and artifact, for example {run: [[python3, -m, py_compile, solution.py]], artifact: solution.py}");
    }
    List<String> given = written.given() == null ? List.of() : written.given();
    Map<String, String> files = written.files() == null ? Map.of() : written.files();
    var names = new HashSet<String>();
    names(at + ".artifact", List.of(written.artifact()), names);
    names(at + ".given", given, names);
    names(at + ".files", files.keySet(), names);
    List<String> readable = written.readable() == null ? List.of() : written.readable();
    readable.forEach(path -> mayBeRead(at + ".readable", path, closed));
    return new Command(
        name,
        written.run(),
        written.artifact(),
        given,
        files,
        readable,
        limits(at + ".limits", written.limits()));
  }

  private static void names(String at, Iterable<String> written, Set<String> known) {
    for (String name : written) {
      if (name == null || !Job.isFileName(name)) {
        throw new ConfigurationException(
            at + " has '" + name + "'; write a name such as solution.py or tests/test_solution.py");
      }
      if (!known.add(name)) {
        throw new ConfigurationException(
            at + " has '" + name + "', which another file is called already; write another name");
      }
    }
  }

  private static void mayBeRead(String at, String written, Path closed) {
    Path path = Path.of(written);
    if (!path.isAbsolute()
        || !path.equals(path.normalize())
        || path.getNameCount() == 0
        || path.startsWith("/proc")
        || path.startsWith("/tmp")) {
      throw new ConfigurationException(
          at
              + " has '"
              + written
              + "'; write the absolute path of a folder or file, such as /opt/java, outside of /proc and /tmp");
    }
    try {
      if (closed.toRealPath().startsWith(path.toRealPath())) {
        throw new ConfigurationException(
            at
                + " has '"
                + written
                + "', and this service's configuration is in it; write a folder of its own");
      }
    } catch (IOException e) {
      throw new ConfigurationException(at + " has '" + written + "', which is not there", e);
    }
  }

  private static Limits limits(String at, @Nullable WrittenLimits written) {
    if (written == null) {
      return Limits.USUAL;
    }
    Limits usual = Limits.USUAL;
    try {
      return new Limits(
          duration(at + ".wall_clock", written.wallClock(), usual.wallClock()),
          duration(at + ".cpu", written.cpu(), usual.cpu()),
          or(written.memoryMb(), usual.memoryMegabytes()),
          or(written.addressMb(), usual.addressMegabytes()),
          or(written.fileMb(), usual.fileMegabytes()),
          or(written.spaceMb(), usual.spaceMegabytes()),
          or(written.processes(), usual.processes()),
          or(written.outputKb(), usual.outputKilobytes()));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(at + ": " + e.getMessage(), e);
    }
  }

  private static int or(@Nullable Integer written, int usual) {
    return written == null ? usual : written;
  }

  private static Duration duration(String at, @Nullable String written, Duration usual) {
    try {
      return written == null ? usual : Duration.parse(written);
    } catch (DateTimeParseException e) {
      throw new ConfigurationException(
          at + " is '" + written + "'; write an ISO-8601 duration such as PT20S", e);
    }
  }
}
