package dev.flotilla.kit.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Records of the contracts as {@link JsonbOnTheWire} writes and reads them, by Jackson: each
 * attempt is written down twice and shipped, and binding it the standard way took a tenth of
 * provider-service's time. To be registered with a REST client; thread-safe.
 */
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public final class WireJson implements MessageBodyReader<Object>, MessageBodyWriter<Object> {
  private static final String CONTRACTS = "dev.flotilla.contracts";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().recyclerPool(Json.BUFFERS).build())
          .annotationIntrospector(new JsonbNames())
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addDeserializer(Instant.class, new Instants()))
          .build();

  /** A record's JSON in UTF-8. */
  public static byte[] bytes(Object contract) {
    try {
      return MAPPER.writeValueAsBytes(contract);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a record can always be written", e);
    }
  }

  public static String text(Object contract) {
    try {
      return MAPPER.writeValueAsString(contract);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a record can always be written", e);
    }
  }

  /**
   * @throws NotJson when it is none, or no such record
   */
  public static <T> T read(byte[] json, Class<T> type) throws NotJson {
    try {
      return MAPPER.readValue(json, type);
    } catch (IOException | NumberFormatException e) {
      throw new NotJson(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean isReadable(
      Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
    return type.getName().startsWith(CONTRACTS);
  }

  @Override
  public Object readFrom(
      Class<Object> type,
      Type generic,
      Annotation[] annotations,
      MediaType media,
      MultivaluedMap<String, String> headers,
      InputStream in)
      throws IOException {
    return MAPPER.readValue(in, type);
  }

  @Override
  public boolean isWriteable(
      Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
    return type.getName().startsWith(CONTRACTS);
  }

  @Override
  public void writeTo(
      Object contract,
      Class<?> type,
      Type generic,
      Annotation[] annotations,
      MediaType media,
      MultivaluedMap<String, Object> headers,
      OutputStream out)
      throws IOException {
    MAPPER.writeValue(out, contract);
  }

  /** The names JSON-B would use. */
  private static final class JsonbNames extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable PropertyName findNameForSerialization(Annotated member) {
      return named(member);
    }

    @Override
    public @Nullable PropertyName findNameForDeserialization(Annotated member) {
      return named(member);
    }

    private @Nullable PropertyName named(Annotated member) {
      JsonbProperty property = _findAnnotation(member, JsonbProperty.class);
      return property == null ? null : PropertyName.construct(property.value());
    }
  }

  private static final class Instants extends FromStringDeserializer<Instant> {
    private static final long serialVersionUID = 1;

    Instants() {
      super(Instant.class);
    }

    @Override
    protected Instant _deserialize(String text, DeserializationContext context) {
      return Instant.parse(text);
    }
  }
}
