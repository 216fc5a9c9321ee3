package dev.flotilla.learning.confidence;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.learning.BadData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How sure one may be of answers, by kind of work and model; a text file of JSON.
 *
 * @param trainedOn which data, in words
 */
public record ConfidenceModel(
    @JsonProperty("flotilla") String version, String trainedOn, List<Calibration> calibrations) {
  /** Shares of good answers among the accepted ones that thresholds are made for. */
  public static final List<Double> WANTED = List.of(0.9, 0.95, 0.97, 0.99);

  private static final String VERSION = "confidence 1";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  public ConfidenceModel {
    calibrations = List.copyOf(calibrations);
  }

  ConfidenceModel(String trainedOn, List<Calibration> calibrations) {
    this(VERSION, trainedOn, calibrations);
  }

  /** What is known of a model's answers to a kind of work. */
  public Optional<Calibration> of(String taskType, String model) {
    return calibrations.stream()
        .filter(each -> each.taskType().equals(taskType) && each.model().equals(model))
        .findFirst();
  }

  public void write(Path file) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(this) + "\n");
  }

  /**
   * Reads what was written.
   *
   * @throws BadData when it is something else, or of another version
   */
  public static ConfidenceModel read(Path file) throws IOException, BadData {
    @Nullable ConfidenceModel read;
    try {
      read = JSON.readValue(Files.readAllBytes(file), ConfidenceModel.class);
    } catch (JsonProcessingException e) {
      throw notOne(file);
    }
    if (read == null || !VERSION.equals(read.version())) {
      throw notOne(file);
    }
    return read;
  }

  private static BadData notOne(Path file) {
    return new BadData(
        file
            + " is damaged or no model of this version, which begins with \"flotilla\": \""
            + VERSION
            + "\"; make one with ./fleet train confidence --data FILE");
  }
}
