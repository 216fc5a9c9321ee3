package dev.flotilla.kit.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
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
 * Looks at one connection where a request begins and where an answer does. A connection that the
 * other side has closed, or on which it said what nobody asked for, is not used again, and
 * informational answers have to end. One thread at a time, as the connection itself.
 */
final class WatchedConnection {
  /** RFC 9110, §15.2, sets no bound; no server is known to send more than two or three. */
  private static final int MOST_INFORMATIONAL = 20;

  private final HttpMessageWriter<ClassicHttpRequest> writer;
  private final HttpMessageParser<ClassicHttpResponse> parser;
  private @Nullable SessionInputBuffer received;
  private @Nullable ManagedHttpClientConnection connection;
  private int informational;

  WatchedConnection(Http1Config config) {
    writer = new DefaultHttpRequestWriterFactory(config).create();
    parser = new DefaultHttpResponseParserFactory(config).create();
  }

  /** The connection that is looked at. */
  void watch(ManagedHttpClientConnection watched) {
    connection = watched;
  }

  void write(ClassicHttpRequest request, SessionOutputBuffer buffer, OutputStream out)
      throws IOException, HttpException {
    if (received != null && (received.length() > 0 || hasEnded())) {
      throw new Stale();
    }
    informational = 0;
    writer.write(request, buffer, out);
  }

  ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    received = buffer;
    ClassicHttpResponse response = parser.parse(buffer, in);
    if (response != null && response.getCode() < 200 && ++informational > MOST_INFORMATIONAL) {
      throw new ProtocolException("more than " + MOST_INFORMATIONAL + " informational answers");
    }
    return response;
  }

  /**
   * Whether an end or a byte lies in the socket, which between two requests is the end of it. The
   * library would wait a millisecond to find out; what TLS sends beside answers it alone can read.
   */
  private boolean hasEnded() throws IOException {
    ManagedHttpClientConnection known = connection;
    if (known == null || known.getSSLSession() != null) {
      return false;
    }
    SocketChannel channel = known.getSocket().getChannel();
    if (channel == null) {
      return false;
    }
    channel.configureBlocking(false);
    try {
      return channel.read(ByteBuffer.allocate(1)) != 0;
    } finally {
      channel.configureBlocking(true);
    }
  }

  /** The connection cannot be used again; nothing of the request has left. */
  static final class Stale extends IOException {
    private static final long serialVersionUID = 1;

    Stale() {
      super("the connection was closed, or bytes came that belong to no request");
    }
  }
}
