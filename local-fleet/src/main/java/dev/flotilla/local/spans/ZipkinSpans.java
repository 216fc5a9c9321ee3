package dev.flotilla.local.spans;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** OTLP's spans in the words of Zipkin's second version. */
final class ZipkinSpans {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long NANOS_PER_MICRO = 1_000;

  private ZipkinSpans() {}

  /** One JSON text per span. */
  static List<String> of(byte[] otlp) throws InvalidProtocolBufferException {
    var spans = new ArrayList<String>();
    for (var resource : ExportTraceServiceRequest.parseFrom(otlp).getResourceSpansList()) {
      var service =
          resource.getResource().getAttributesList().stream()
              .filter(attribute -> attribute.getKey().equals("service.name"))
              .map(attribute -> text(attribute.getValue()))
              .findFirst()
              .orElse("unknown");
      for (var scope : resource.getScopeSpansList()) {
        for (var span : scope.getSpansList()) {
          spans.add(of(span, service).toString());
        }
      }
    }
    return spans;
  }

  private static ObjectNode of(Span span, String service) {
    var json =
        JSON.createObjectNode()
            .put("traceId", hex(span.getTraceId()))
            .put("id", hex(span.getSpanId()))
            .put("name", span.getName())
            .put("timestamp", span.getStartTimeUnixNano() / NANOS_PER_MICRO)
            // Zipkin takes 0 for "unknown".
            .put("duration", Math.max(1, micros(span)));
    if (!span.getParentSpanId().isEmpty()) {
      json.put("parentId", hex(span.getParentSpanId()));
    }
    switch (span.getKind()) {
      case SPAN_KIND_SERVER -> json.put("kind", "SERVER");
      case SPAN_KIND_CLIENT -> json.put("kind", "CLIENT");
      case SPAN_KIND_PRODUCER -> json.put("kind", "PRODUCER");
      case SPAN_KIND_CONSUMER -> json.put("kind", "CONSUMER");
      // Zipkin has no word for a step inside a service.
      case SPAN_KIND_INTERNAL, SPAN_KIND_UNSPECIFIED, UNRECOGNIZED -> {}
    }
    json.putObject("localEndpoint").put("serviceName", service);
    var tags = json.putObject("tags");
    for (KeyValue attribute : span.getAttributesList()) {
      tags.put(attribute.getKey(), text(attribute.getValue()));
    }
    if (span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR) {
      tags.put("error", span.getStatus().getMessage());
    }
    return json;
  }

  private static long micros(Span span) {
    return (span.getEndTimeUnixNano() - span.getStartTimeUnixNano()) / NANOS_PER_MICRO;
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> String.valueOf(value.getBoolValue());
      case INT_VALUE -> String.valueOf(value.getIntValue());
      case DOUBLE_VALUE -> String.valueOf(value.getDoubleValue());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream()
              .map(ZipkinSpans::text)
              .collect(Collectors.joining(","));
      default -> value.toString();
    };
  }
}
