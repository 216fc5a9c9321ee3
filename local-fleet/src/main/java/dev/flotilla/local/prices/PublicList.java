package dev.flotilla.local.prices;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * LiteLLM's list of models and prices as it was on a day.
 *
 * @param models by the list's own ids
 */
record PublicList(LocalDate day, Map<String, Listing> models) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Pattern FILE = Pattern.compile("models-(\\d{4}-\\d{2}-\\d{2})\\.json");

  /** Describes the fields instead of a model. */
  private static final String SPECIMEN = "sample_spec";

  /** Ours, where the list has another word. */
  private static final Map<String, String> PROVIDERS = Map.of("together", "together_ai");

  /** All of a folder, oldest first, at least one. */
  static List<PublicList> in(Path data) throws IOException {
    var lists = new ArrayList<PublicList>();
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.sorted().toList()) {
        Matcher dated = FILE.matcher(file.getFileName().toString());
        if (dated.matches()) {
          lists.add(read(file, LocalDate.parse(dated.group(1))));
        }
      }
    }
    if (lists.isEmpty()) {
      throw new IOException(
          "there is no models-YYYY-MM-DD.json in "
              + data
              + "; save LiteLLM's model_prices_and_context_window.json there under such a name");
    }
    return lists;
  }

  private static PublicList read(Path file, LocalDate day) throws IOException {
    var models = new LinkedHashMap<String, Listing>();
    for (var entry : JSON.readTree(file.toFile()).properties()) {
      if (!entry.getKey().equals(SPECIMEN)) {
        models.put(entry.getKey(), new Listing(entry.getKey(), entry.getValue()));
      }
    }
    return new PublicList(day, models);
  }

  /** As the shipped list names it. */
  String source() {
    return "litellm-" + day;
  }

  /** What it says of a model we describe. */
  Optional<Listing> find(Profile profile) {
    return find(profile.provider(), profile.upstream());
  }

  /**
   * @param provider as our catalogue names it
   */
  Optional<Listing> find(String provider, String upstream) {
    String theirs = PROVIDERS.getOrDefault(provider, provider);
    return Stream.of(theirs + "/" + upstream, upstream)
        .map(models::get)
        .filter(listing -> listing != null && listing.provider().equals(theirs))
        .findFirst();
  }

  /** For reading other files in the same exact way. */
  static JsonNode json(Path file) throws IOException {
    return JSON.readTree(file.toFile());
  }
}
