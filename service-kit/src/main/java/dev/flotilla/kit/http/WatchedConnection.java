package dev.flotilla.kit.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageWriter;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one connection where a request begins and where an answer does. What came after an
 * answer must not be taken for the next request's, and informational answers have to end. One
 * thread at a time, as the connection itself.
 */
final class WatchedConnection {
  /** RFC 9110, §15.2, sets no bound; no server is known to send more than two or three. */
  private static final int MOST_INFORMATIONAL = 20;

  private final HttpMessageWriter<ClassicHttpRequest> writer;
  private final HttpMessageParser<ClassicHttpResponse> parser;
  private @Nullable SessionInputBuffer received;
  private @Nullable InputStream socket;
  private int informational;

  WatchedConnection(Http1Config config) {
    writer = new DefaultHttpRequestWriterFactory(config).create();
    parser = new DefaultHttpResponseParserFactory(config).create();
  }

  void write(ClassicHttpRequest request, SessionOutputBuffer buffer, OutputStream out)
      throws IOException, HttpException {
    boolean more =
        (received != null && received.length() > 0) || (socket != null && socket.available() > 0);
    if (more) {
      throw new UnaskedAnswer();
    }
    informational = 0;
    writer.write(request, buffer, out);
  }

  ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    received = buffer;
    socket = in;
    ClassicHttpResponse response = parser.parse(buffer, in);
    if (response != null && response.getCode() < 200 && ++informational > MOST_INFORMATIONAL) {
      throw new ProtocolException("more than " + MOST_INFORMATIONAL + " informational answers");
    }
    return response;
  }

  /** Somebody has answered what was not asked; nothing of the request has left. */
  static final class UnaskedAnswer extends IOException {
    private static final long serialVersionUID = 1;

    UnaskedAnswer() {
      super("bytes came that belong to no request");
    }
  }
}
