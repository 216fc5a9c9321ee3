package dev.flotilla.catalog;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the catalogue's folder: one file per provider, and others with the aliases, with prices and
 * with what was agreed with providers.
 */
final class CatalogFiles {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  private static final List<String> TOKENIZERS = List.of("cl100k_base", "o200k_base");

  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]*");
  private static final Pattern KEY_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  record ProviderFile(
      String provider,
      String dialect,
      @Nullable String baseUrl,
      @Nullable String baseUrlEnv,
      @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          @Nullable List<String> keyEnv,
      @Nullable String keyHeader,
      @Nullable Map<String, String> query,
      @Nullable Set<String> supports,
      List<ModelEntry> models) {}

  record ModelEntry(
      String name,
      @Nullable String upstream,
      @Nullable String family,
      @Nullable Long contextTokens,
      @Nullable Long maxOutputTokens,
      @Nullable Set<String> inputs,
      @Nullable Set<String> supports,
      @Nullable Set<String> servedAs,
      @Nullable Long rpm,
      @Nullable Long tpm,
      @Nullable String balance,
      @Nullable EmbeddingEntry embedding,
      @Nullable String tokenizer,
      @Nullable List<DeploymentEntry> deployments,
      @Nullable JsonNode prices) {}

  record EmbeddingEntry(
      @Nullable String space, @Nullable Long dimensions, @Nullable Boolean shortens) {}

  record DeploymentEntry(
      String name,
      @Nullable String upstream,
      @Nullable String baseUrl,
      @Nullable String baseUrlEnv,
      @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          @Nullable List<String> keyEnv,
      @Nullable String keyHeader,
      @Nullable Map<String, String> query,
      @Nullable Long weight,
      @Nullable Long rpm,
      @Nullable Long tpm) {}

  record AliasFile(Map<String, List<String>> aliases) {}

  private final Path folder;
  private final Map<String, Provider> providers = new LinkedHashMap<>();
  private final Map<String, Model> models = new LinkedHashMap<>();
  private final Map<String, List<String>> aliases = new LinkedHashMap<>();
  private final Map<String, List<Price>> priceList = new LinkedHashMap<>();
  private final List<Contract> contracts = new ArrayList<>();

  CatalogFiles(Path folder) {
    this.folder = folder;
  }

  Catalog read(Set<String> enabled) {
    String version = readFiles();
    for (String id : enabled) {
      if (!providers.containsKey(id)) {
        throw new CatalogException(
            "flotilla.providers.enabled names '"
                + id
                + "', but the catalogue in "
                + folder
                + " knows only "
                + providers.keySet()
                + "; use one of these or add "
                + id
                + ".yaml");
      }
    }
    return only(enabled, version);
  }

  Catalog readAll() {
    String version = readFiles();
    return only(providers.keySet(), version);
  }

  /** Reads everything and returns its version. */
  private String readFiles() {
    MessageDigest digest = sha256();
    var trees = new LinkedHashMap<Path, JsonNode>();
    for (Path file : files()) {
      byte[] content = bytes(file);
      digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(content);
      trees.put(file, tree(file, content));
    }
    // Prices first: what describes a model may leave them to other files.
    trees.forEach(this::readPrices);
    trees.forEach(this::readFile);
    checkAliases();
    checkContracts();
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  private Catalog only(Set<String> enabled, String version) {
    var on = new LinkedHashMap<String, Provider>(providers);
    on.keySet().retainAll(enabled);
    var usable = new LinkedHashMap<String, Model>(models);
    usable.values().removeIf(model -> !enabled.contains(model.provider().id()));
    var named = new LinkedHashMap<String, List<Model>>();
    aliases.forEach(
        (alias, ids) -> {
          List<Model> behind = ids.stream().filter(usable::containsKey).map(usable::get).toList();
          if (!behind.isEmpty()) {
            named.put(alias, behind);
          }
        });
    return new Catalog(version, on, usable, named);
  }

  private static JsonNode tree(Path file, byte[] content) {
    try {
      return YAML.readTree(content);
    } catch (JsonProcessingException e) {
      throw new CatalogException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CatalogException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void readPrices(Path file, JsonNode tree) {
    for (var listed : tree.path("price_list").properties()) {
      String at = file + ": " + listed.getKey();
      if (priceList.put(listed.getKey(), PriceReader.prices(at, listed.getValue())) != null) {
        throw new CatalogException(at + " is in another price list already");
      }
    }
    contracts.addAll(Contract.read(file, tree.path("contracts")));
  }

  private void readFile(Path file, JsonNode tree) {
    try {
      if (tree.has("aliases")) {
        aliases.putAll(YAML.treeToValue(tree, AliasFile.class).aliases());
      } else if (tree.has("provider")) {
        readProvider(file, YAML.treeToValue(tree, ProviderFile.class));
      } else if (!tree.has("price_list") && !tree.has("contracts")) {
        throw new CatalogException(
            file
                + " has neither 'provider:', 'aliases:', 'price_list:' nor 'contracts:' at its top;"
                + " write one of them");
      }
    } catch (JsonProcessingException e) {
      throw new CatalogException(file + ": " + e.getMessage(), e);
    }
  }

  private void readProvider(Path file, ProviderFile written) {
    String id = required(file + ": provider", written.provider());
    String dialect = required(file + ": dialect", written.dialect());
    String baseUrl = written.baseUrl() == null ? "" : written.baseUrl().replaceAll("/+$", "");
    if (baseUrl.isEmpty() && !dialect.equals(Provider.SIMULATOR)) {
      throw new CatalogException(
          file
              + ": base_url is missing; write where "
              + id
              + " listens, e.g. https://api.example.com/v1");
    }
    var provider =
        new Provider(
            id,
            dialect,
            baseUrl,
            written.baseUrlEnv(),
            keys(file + ": key_env", written.keyEnv(), List.of()),
            header(file + ": key_header", written.keyHeader()),
            written.query() == null ? Map.of() : written.query());
    if (providers.putIfAbsent(id, provider) != null) {
      throw new CatalogException(
          file + ": provider '" + id + "' is described in another file already");
    }
    if (written.models() == null) {
      throw new CatalogException(
          file + ": models is missing; write a list with at least a name and prices");
    }
    for (ModelEntry entry : written.models()) {
      Model model = model(file, provider, all(written.supports()), entry);
      if (models.putIfAbsent(model.id(), model) != null) {
        throw new CatalogException(file + ": model '" + model.id() + "' is there twice");
      }
    }
  }

  /**
   * @param common what all models of the provider support
   */
  private Model model(Path file, Provider provider, Set<String> common, ModelEntry entry) {
    String name = required(file + ": models[].name", entry.name());
    String id = provider.id() + "/" + name;
    String at = file + ": " + id;
    String upstream = entry.upstream() == null ? name : entry.upstream();
    return new Model(
        id,
        provider,
        upstream,
        entry.family() == null ? id : entry.family(),
        atLeastOne(at + ".context_tokens", entry.contextTokens(), 128_000),
        atLeastOne(at + ".max_output_tokens", entry.maxOutputTokens(), 4_096),
        entry.inputs() == null ? Set.of("text") : entry.inputs(),
        union(common, all(entry.supports())),
        prices(at, id, provider, entry.prices()),
        deployments(at, provider, upstream, entry),
        balance(at + ".balance", entry.balance()),
        all(entry.servedAs()),
        embedding(at + ".embedding", entry.embedding()),
        tokenizer(at + ".tokenizer", entry.tokenizer()));
  }

  private static @Nullable String tokenizer(String what, @Nullable String written) {
    if (written != null && !TOKENIZERS.contains(written)) {
      throw new CatalogException(
          what
              + " is '"
              + written
              + "'; write one of "
              + TOKENIZERS
              + ", or leave it out when the provider's vocabulary is not public");
    }
    return written;
  }

  private static Set<String> all(@Nullable Set<String> written) {
    return written == null ? Set.of() : written;
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    var union = new HashSet<String>(some);
    union.addAll(others);
    return union;
  }

  private static @Nullable Embedding embedding(String at, @Nullable EmbeddingEntry written) {
    if (written == null) {
      return null;
    }
    if (written.space() == null || written.space().isBlank() || written.dimensions() == null) {
      throw new CatalogException(
          at
              + " needs space and dimensions, e.g. {space: text-embedding-3-small, dimensions:"
              + " 1536}; models whose vectors can be compared with each other have the same space");
    }
    long dimensions =
        atLeastOne(
            at + ".dimensions", written.dimensions(), 1, "a vector's length, 1 to 65536", 65_536);
    return new Embedding(
        written.space(), (int) dimensions, Boolean.TRUE.equals(written.shortens()));
  }

  private static List<Deployment> deployments(
      String at, Provider provider, String upstream, ModelEntry entry) {
    var rates = rates(at, entry.rpm(), entry.tpm(), Rates.UNKNOWN);
    List<DeploymentEntry> written = entry.deployments();
    if (written == null) {
      return List.of(new Deployment(Deployment.DEFAULT, provider, upstream, 1, rates));
    }
    if (written.isEmpty()) {
      throw new CatalogException(
          at + ".deployments is empty; leave it out when the model is served in one place");
    }
    var names = new HashSet<String>();
    var deployments = new ArrayList<Deployment>();
    for (DeploymentEntry one : written) {
      String name = required(at + ".deployments[].name", one.name());
      String place = at + ".deployments." + name;
      if (!names.add(name)) {
        throw new CatalogException(place + " is there twice; give each place a name of its own");
      }
      deployments.add(
          new Deployment(
              name,
              placed(place, provider, one),
              one.upstream() == null ? upstream : one.upstream(),
              (int) atLeastOne(place + ".weight", one.weight(), 1, "its share, 1 to 1000", 1_000),
              rates(place, one.rpm(), one.tpm(), rates)));
    }
    return deployments;
  }

  /** The provider at a place; what the place does not say is as everywhere. */
  private static Provider placed(String place, Provider provider, DeploymentEntry one) {
    boolean elsewhere = one.baseUrl() != null || one.baseUrlEnv() != null;
    String baseUrl =
        one.baseUrl() == null ? provider.baseUrl() : one.baseUrl().replaceAll("/+$", "");
    return new Provider(
        provider.id(),
        provider.dialect(),
        baseUrl,
        elsewhere ? one.baseUrlEnv() : provider.baseUrlEnv(),
        keys(place + ".key_env", one.keyEnv(), provider.keyEnvs()),
        one.keyHeader() == null
            ? provider.keyHeader()
            : header(place + ".key_header", one.keyHeader()),
        one.query() == null ? provider.query() : one.query());
  }

  private static @Nullable String header(String what, @Nullable String written) {
    if (written != null && !HEADER_NAME.matcher(written).matches()) {
      throw new CatalogException(
          what
              + " is '"
              + written
              + "', which no header can be called; write a name such as api-key");
    }
    return written;
  }

  private static List<String> keys(
      String what, @Nullable List<String> written, List<String> otherwise) {
    if (written == null) {
      return otherwise;
    }
    for (String name : written) {
      if (!KEY_NAME.matcher(name == null ? "" : name).matches()) {
        throw new CatalogException(
            what
                + " names something that is no environment variable; write the variable that holds"
                + " the key, never the key itself, such as OPENAI_API_KEY, or a list of them");
      }
    }
    if (new HashSet<>(written).size() < written.size()) {
      throw new CatalogException(what + " names a variable twice; each key is counted by its own");
    }
    return written;
  }

  private static Rates rates(String at, @Nullable Long rpm, @Nullable Long tpm, Rates otherwise) {
    return new Rates(
        rpm == null ? otherwise.requests() : Long.valueOf(rate(at + ".rpm", rpm)),
        tpm == null ? otherwise.tokens() : Long.valueOf(rate(at + ".tpm", tpm)));
  }

  private static long rate(String what, long found) {
    return atLeastOne(
        what, found, 1, "what the provider grants in a minute, 1 to 1000000000", 1_000_000_000);
  }

  private static Balance balance(String what, @Nullable String word) {
    if (word == null) {
      return Balance.WEIGHTED;
    }
    return Balance.of(word)
        .orElseThrow(
            () ->
                new CatalogException(what + " is '" + word + "'; write one of " + Balance.words()));
  }

  /** What its own file says comes before the price list; contracts change both. */
  private List<Price> prices(String at, String id, Provider provider, @Nullable JsonNode written) {
    List<Price> listed =
        written == null || written.isNull()
            ? priceList.getOrDefault(id, List.of())
            : PriceReader.prices(at + ".prices", written);
    if (listed.isEmpty()) {
      throw new CatalogException(
          at
              + " has no prices; write at least one with from, source, input and output, here or in a"
              + " price_list, because unpriced is not free");
    }
    List<Price> prices =
        Contract.agreed(
            contracts.stream().filter(c -> c.covers(id, provider.id())).toList(), listed);
    // Both: a contract may hide a day that is there twice.
    for (List<Price> checked : List.of(listed, prices)) {
      for (PriceFinding finding : PriceLint.check(id, checked)) {
        if (finding.kind().wrong()) {
          throw new CatalogException(at + ".prices: " + finding.message());
        }
      }
    }
    return prices;
  }

  private void checkContracts() {
    for (Contract contract : contracts) {
      if (!providers.containsKey(contract.subject()) && !models.containsKey(contract.subject())) {
        throw new CatalogException(
            "a contract is about '"
                + contract.subject()
                + "', which no file describes; write the id of a provider or a model");
      }
    }
  }

  private void checkAliases() {
    aliases.forEach(
        (alias, ids) -> {
          if (alias.contains("/") || alias.equals("auto")) {
            throw new CatalogException(
                "alias '"
                    + alias
                    + "' looks like a model id or 'auto'; use a plain word such as flagship");
          }
          Model first = null;
          for (String id : ids) {
            Model model = models.get(id);
            if (model == null) {
              throw new CatalogException(
                  "alias '"
                      + alias
                      + "' names '"
                      + id
                      + "', which no file describes; known are "
                      + models.keySet());
            }
            first = first == null ? model : first;
            checkAlike(alias, first, model);
          }
        });
  }

  /** One name must not stand for vectors that cannot be compared, nor for both kinds of models. */
  private static void checkAlike(String alias, Model first, Model other) {
    String space = space(first);
    if (!space.equals(space(other))) {
      throw new CatalogException(
          "alias '"
              + alias
              + "' names '"
              + first.id()
              + "' and '"
              + other.id()
              + "', whose answers cannot stand for each other; name models that converse, or models"
              + " with the same embedding.space");
    }
  }

  /** Empty for a model that converses. */
  private static String space(Model model) {
    return model.embedding() == null ? "" : model.embedding().space();
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> found =
          new ArrayList<>(all.filter(f -> f.toString().endsWith(".yaml")).sorted().toList());
      if (found.isEmpty()) {
        throw new CatalogException(
            "there is no *.yaml in " + folder + "; the catalogue needs at least one provider");
      }
      return found;
    } catch (IOException e) {
      throw new CatalogException(
          "the catalogue folder "
              + folder
              + " cannot be read; point flotilla.config.dir at a folder that has catalog/*.yaml",
          e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CatalogException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static long atLeastOne(String what, @Nullable Long found, long otherwise) {
    if (found == null) {
      return otherwise;
    }
    if (found < 1) {
      throw new CatalogException(what + " is " + found + "; write the provider's limit, 1 or more");
    }
    return found;
  }

  private static long atLeastOne(
      String what, @Nullable Long found, long otherwise, String write, long most) {
    if (found == null) {
      return otherwise;
    }
    if (found < 1 || found > most) {
      throw new CatalogException(what + " is " + found + "; write " + write);
    }
    return found;
  }

  private static String required(String what, @Nullable String found) {
    if (found == null || found.isBlank()) {
      throw new CatalogException(what + " is missing");
    }
    return found;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
