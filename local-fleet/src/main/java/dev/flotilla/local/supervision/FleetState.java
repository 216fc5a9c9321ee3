package dev.flotilla.local.supervision;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fleet as {@code run/fleet.json} shows it: written by the supervisor at every change, read by
 * everybody else.
 *
 * @param url the one address callers need
 * @param viewerPort where the trace viewer is once it is started; absent when the environment says
 *     where spans go
 * @param problem why it could not start; only in phase {@code failed}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FleetState(
    String phase,
    String url,
    int portBase,
    String state,
    long supervisorPid,
    String startedAt,
    List<String> providers,
    List<PartState> parts,
    @Nullable Integer viewerPort,
    @Nullable String problem) {

  static final String FILE = "fleet.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * @param port absent for a part that is reached by its address elsewhere
   * @param status {@code starting ready restarting stopped external}
   * @param readyAfterMs from launch to the first good answer, of the current process
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PartState(
      String name,
      String status,
      @Nullable Long pid,
      @Nullable Integer port,
      @Nullable Integer opsPort,
      int restarts,
      @Nullable Long readyAfterMs) {}

  public boolean ready() {
    return phase.equals("ready");
  }

  public boolean failed() {
    return phase.equals("failed");
  }

  /** The simulator answers, so nothing costs real money and failures can be ordered. */
  public boolean simulated() {
    return providers.stream().anyMatch(provider -> provider.startsWith("sim-"));
  }

  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the last supervisor of this directory wrote. Whether it still runs is {@link FleetLock}'s
   * knowledge.
   */
  public static Optional<FleetState> lastIn(StateDirectory state) {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(state.run(FILE)), FleetState.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The fleet that runs here now. */
  public static Optional<FleetState> runningIn(StateDirectory state) {
    return FleetLock.isHeld(state) ? lastIn(state) : Optional.empty();
  }
}
