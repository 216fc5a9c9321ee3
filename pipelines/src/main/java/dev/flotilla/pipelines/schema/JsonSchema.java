package dev.flotilla.pipelines.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A JSON Schema somebody brought along. Whatever is in it, judging by it ends, and nothing it
 * refers to is ever fetched. Thread-safe.
 */
public final class JsonSchema {
  private static final int MOST_VIOLATIONS = 10;

  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .regularExpressionFactory(JsonSchema::patient)
          .preloadSchema(false)
          .build();

  /** A schema's schema: what is mistyped in one is found before it is relied on. */
  private static final Schema OF_SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

  private final Schema schema;

  private JsonSchema(Schema schema) {
    this.schema = schema;
  }

  /**
   * A schema that only we shall judge by, so every keyword in it must be one.
   *
   * @throws BadSchema when it is no schema
   */
  public static JsonSchema strict(JsonNode written) throws BadSchema {
    mustBeOne(written);
    return of(written);
  }

  /**
   * Holds a schema against the schema of schemas, unless it names another one.
   *
   * @throws BadSchema when it is none
   */
  public static void mustBeOne(JsonNode written) throws BadSchema {
    if (!written.has("$schema")) {
      List<Error> errors = OF_SCHEMAS.validate(written);
      if (!errors.isEmpty()) {
        throw new BadSchema(
            "is no JSON Schema (draft 2020-12): "
                + errors.getFirst().getInstanceLocation()
                + " "
                + errors.getFirst().getMessage(),
            "write e.g. {type: object, required: [score], properties: {score: {type: number}}}");
      }
    }
  }

  /**
   * A schema that others judge by as well.
   *
   * @throws BadSchema when it cannot be used
   */
  public static JsonSchema of(JsonNode written) throws BadSchema {
    try {
      // A registry of its own: schemas of different people may carry the same $id.
      var registry =
          SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12,
              builder ->
                  builder
                      .schemaRegistryConfig(CONFIG)
                      .schemaCacheEnabled(false)
                      .schemaLoader(loader -> loader.fetchRemoteResources(false)));
      Schema schema = registry.getSchema(written);
      schema.initializeValidators();
      return new JsonSchema(schema);
    } catch (PatternSyntaxException e) {
      throw new BadSchema(
          "has a pattern that is none: " + e.getDescription(),
          "write a regular expression, e.g. ^[a-z]+$");
    } catch (SchemaException | IllegalArgumentException e) {
      throw new BadSchema(
          "is no JSON Schema (draft 2020-12) that can be used: " + reason(e),
          "what $ref names must be in the schema itself");
    } catch (StackOverflowError endless) {
      throw new BadSchema(
          "refers to itself without end", "let a $ref lead through a property or items");
    }
  }

  /** A schema that would have to be fetched is missing as a file would be. */
  private static String reason(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    String missing = "java.io.FileNotFoundException: ";
    return message.startsWith(missing)
        ? message.substring(missing.length()) + " is not in it"
        : message;
  }

  /**
   * Where a value is not as it says, at most {@value #MOST_VIOLATIONS} places; empty when it is.
   */
  public List<Violation> violations(JsonNode value) {
    try {
      return schema.validate(value).stream()
          .limit(MOST_VIOLATIONS)
          .map(
              error ->
                  new Violation(String.valueOf(error.getInstanceLocation()), error.getMessage()))
          .toList();
    } catch (PatientText.Exhausted e) {
      return List.of(new Violation("", "a pattern of the schema takes too long to decide"));
    } catch (StackOverflowError endless) {
      return List.of(new Violation("", "the schema refers to itself without end"));
    }
  }

  private static RegularExpression patient(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return text -> pattern.matcher(new PatientText(text)).find();
  }
}
