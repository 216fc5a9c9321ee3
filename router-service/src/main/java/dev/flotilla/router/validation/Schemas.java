package dev.flotilla.router.validation;

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
 * Makes validators of JSON Schemas that callers send, and remembers the latest. Nothing a schema
 * refers to is ever fetched. Thread-safe.
 */
final class Schemas {
  private static final int REMEMBERED = 256;

  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .regularExpressionFactory(Schemas::patient)
          .preloadSchema(false)
          .build();

  /** A schema's schema: what is mistyped in one is found before it is relied on. */
  private static final Schema OF_SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

  private final Latest<JsonNode, CheckedSchema> known = new Latest<>(REMEMBERED);

  /**
   * A schema that only we shall judge by, so every keyword in it must be one.
   *
   * @throws BadCheck when it is no schema
   */
  CheckedSchema strict(JsonNode schema, String place) throws BadCheck {
    if (!schema.has("$schema")) {
      List<Error> errors = OF_SCHEMAS.validate(schema);
      if (!errors.isEmpty()) {
        throw new BadCheck(
            place,
            "is no JSON Schema (draft 2020-12): "
                + errors.getFirst().getInstanceLocation()
                + " "
                + errors.getFirst().getMessage());
      }
    }
    return of(schema, place);
  }

  /**
   * A schema that the model's provider judges by as well.
   *
   * @throws BadCheck when it cannot be used
   */
  CheckedSchema of(JsonNode schema, String place) throws BadCheck {
    CheckedSchema ready = known.get(schema);
    if (ready == null) {
      ready = compiled(schema, place);
      known.put(schema, ready);
    }
    return ready;
  }

  private static CheckedSchema compiled(JsonNode written, String place) throws BadCheck {
    try {
      // A registry of its own: schemas of different callers may carry the same $id.
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
      return new CheckedSchema(schema);
    } catch (PatternSyntaxException e) {
      throw new BadCheck(place, "has a pattern that is none: " + e.getDescription());
    } catch (SchemaException | IllegalArgumentException e) {
      throw new BadCheck(
          place,
          "is no JSON Schema (draft 2020-12) that can be used: "
              + e.getMessage()
              + "; what $ref names must be in the schema itself");
    } catch (StackOverflowError endless) {
      throw new BadCheck(place, "refers to itself without end");
    }
  }

  private static RegularExpression patient(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return text -> pattern.matcher(new PatientText(text)).find();
  }
}
