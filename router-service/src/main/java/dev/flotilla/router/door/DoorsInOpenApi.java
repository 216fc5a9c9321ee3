package dev.flotilla.router.door;

import jakarta.enterprise.inject.spi.CDI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASModelReader;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Writes the registry of doors into the OpenAPI document: routes of the server itself are invisible
 * to MicroProfile's scanner.
 */
public class DoorsInOpenApi implements OASModelReader {
  private static final Pattern NAMED = Pattern.compile("\\{([a-z_]+)}");

  @Override
  public OpenAPI buildModel() {
    Doors doors = CDI.current().select(Doors.class).get();
    OpenAPI api = OASFactory.createOpenAPI().paths(OASFactory.createPaths());
    api.info(
        OASFactory.createInfo()
            .title("Flotilla")
            .version("v1")
            .description("Many language models behind one OpenAI-shaped door."));
    api.components(
        OASFactory.createComponents()
            .addSecurityScheme(
                "key",
                OASFactory.createSecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")));
    for (Door door : doors.all()) {
      if (door.isOpen()) {
        continue;
      }
      schemeOf(door.dialect(), api);
      String path = door.path().replace("/*", "/{rest}");
      PathItem item = api.getPaths().getPathItem(path);
      if (item == null) {
        item = OASFactory.createPathItem();
        api.getPaths().addPathItem(path, item);
      }
      item.setOperation(PathItem.HttpMethod.valueOf(door.method()), operation(door));
    }
    return api;
  }

  /** A key that may stand in a header of its own is one more way to show it. */
  private static void schemeOf(DoorDialect dialect, OpenAPI api) {
    if (dialect.keyHeader() != null) {
      api.getComponents()
          .addSecurityScheme(
              dialect.keyHeader(),
              OASFactory.createSecurityScheme()
                  .type(SecurityScheme.Type.APIKEY)
                  .in(SecurityScheme.In.HEADER)
                  .name(dialect.keyHeader()));
    }
  }

  private static Operation operation(Door door) {
    String roles = door.roles().stream().map(Role::word).sorted().collect(Collectors.joining(","));
    Operation operation =
        OASFactory.createOperation()
            .summary(door.summary())
            .addSecurityRequirement(
                OASFactory.createSecurityRequirement().addScheme("key", List.of()))
            .addExtension("x-roles", roles)
            .responses(
                OASFactory.createAPIResponses()
                    .addAPIResponse("200", OASFactory.createAPIResponse().description("as asked"))
                    .addAPIResponse(
                        "default",
                        OASFactory.createAPIResponse()
                            .description(
                                "an error in "
                                    + door.dialect().owner()
                                    + "'s shape, with source and request_id")));
    String keyHeader = door.dialect().keyHeader();
    if (keyHeader != null) {
      operation.addSecurityRequirement(
          OASFactory.createSecurityRequirement().addScheme(keyHeader, List.of()));
    }
    NAMED
        .matcher(door.path().replace("/*", "/{rest}"))
        .results()
        .forEach(
            name ->
                operation.addParameter(
                    OASFactory.createParameter()
                        .name(name.group(1))
                        .in(Parameter.In.PATH)
                        .required(true)
                        .schema(OASFactory.createSchema().type(Schema.SchemaType.STRING))));
    return operation;
  }
}
