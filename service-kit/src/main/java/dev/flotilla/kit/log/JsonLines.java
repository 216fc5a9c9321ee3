package dev.flotilla.kit.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One JSON object per line. Control characters are escaped, so nobody can write a line of their own
 * through a name or a header, and what looks like a secret is hidden.
 */
public final class JsonLines extends Formatter {
  @Override
  public String format(LogRecord record) {
    ObjectNode line = Json.object();
    line.put("at", record.getInstant().toString());
    line.put("level", record.getLevel().getName());
    line.put("logger", record.getLoggerName());
    line.put("message", WithoutSecrets.of(formatMessage(record)));
    if (Correlation.CURRENT.isBound()) {
      line.put("request_id", Correlation.CURRENT.get().requestId());
      line.put("trace_id", Correlation.CURRENT.get().traceId());
    }
    if (record.getThrown() != null) {
      var trace = new StringWriter();
      record.getThrown().printStackTrace(new PrintWriter(trace));
      line.put("thrown", WithoutSecrets.of(trace.toString()));
    }
    return Json.text(line) + "\n";
  }
}
