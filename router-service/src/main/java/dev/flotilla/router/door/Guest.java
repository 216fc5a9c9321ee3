package dev.flotilla.router.door;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.context.Context;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A connection with an end to its patience: a request's head is here within the listener's read
 * time-out or not at all, however it drips; a body does not pause for longer; and a guest who says
 * nothing leaves after the idle time-out. What the server refuses before a door is reached is said
 * in our words. Read by one thread at a time; {@link #overdue} and {@link #showOut} are anybody's.
 */
final class Guest implements ConnectionContext, ListenerContext {
  /** Of the connection this thread serves; none on connections nobody watches. */
  static final ScopedValue<Guest> CURRENT = ScopedValue.newInstance();

  /** Longer than any method's name there is. */
  private static final int LONGEST_METHOD = 32;

  /** What is read now. */
  private enum Reading {
    /** Nothing has come yet of the next request. */
    NOTHING,
    HEAD,
    /** A body, or nothing because it is being answered. */
    REST
  }

  private final ConnectionContext connection;
  private final ListenerContext listener;
  private final DirectHandlers refusals;
  private final DataReader reader = new DataReader(this::more);
  private final long patience;
  private final long longestSilence;
  private volatile Reading reading = Reading.NOTHING;

  /** When what is read now began, or for a body when it paused. */
  private volatile long since = System.nanoTime();

  /** Who waits for a byte; null while nobody does. */
  private @Nullable Thread waiting;

  private boolean shownOut;

  /** A body is still on its way; the server reads it to its end before it reads a next head. */
  private boolean bodyPending;

  Guest(ConnectionContext connection, DirectHandlers refusals) {
    this.connection = connection;
    this.listener = connection.listenerContext();
    this.refusals = refusals;
    this.patience = listener.config().connectionOptions().readTimeout().toNanos();
    this.longestSilence = listener.config().idleConnectionTimeout().toNanos();
  }

  /** A door was reached: the head of a request is read to its end. */
  static void headIsRead(boolean bringsABody) {
    if (CURRENT.isBound()) {
      Guest guest = CURRENT.get();
      guest.bodyPending = bringsABody;
      guest.reading = Reading.REST;
    }
  }

  /** The request's body is read to its end. */
  static void bodyIsRead() {
    if (CURRENT.isBound()) {
      CURRENT.get().bodyPending = false;
    }
  }

  /** The request was answered: what is read from now on belongs to the next one. */
  static void isAnswered() {
    if (CURRENT.isBound()) {
      CURRENT.get().answered();
    }
  }

  private void answered() {
    if (!bodyPending) {
      since = System.nanoTime();
      // A guest in a hurry may have sent the beginning of the next request already.
      reading = reader.available() > 0 ? Reading.HEAD : Reading.NOTHING;
    }
  }

  /** Whether we have waited for a byte for too long. */
  synchronized boolean overdue() {
    long longest = reading == Reading.NOTHING ? longestSilence : patience;
    return waiting != null && System.nanoTime() - since > longest;
  }

  /** Closes the connection if we wait for a byte. */
  synchronized void showOut() {
    Thread thread = waiting;
    if (thread != null && !shownOut) {
      shownOut = true;
      // A socket that a virtual thread waits for is closed by it.
      thread.interrupt();
    }
  }

  private byte @Nullable [] more() {
    DataReader source = connection.dataReader();
    if (source.available() == 0) {
      if (reading == Reading.REST) {
        since = System.nanoTime();
      }
      begin(Thread.currentThread());
      try {
        source.ensureAvailable();
      } catch (DataReader.InsufficientDataAvailableException end) {
        if (reading == Reading.HEAD) {
          throw new CloseConnectionException("the caller left within the head", end);
        }
        return null;
      } finally {
        end();
      }
    }
    byte[] bytes = source.readBytes(source.available());
    long now = System.nanoTime();
    if (reading == Reading.NOTHING) {
      reading = Reading.HEAD;
      since = now;
      requireMethod(bytes);
    } else if (reading == Reading.HEAD && now - since > patience) {
      throw tooSlow();
    }
    return bytes;
  }

  private synchronized void begin(Thread thread) {
    waiting = thread;
  }

  private synchronized void end() {
    waiting = null;
    if (shownOut) {
      // The interruption was for this read and must not reach what the thread does next.
      var _ = Thread.interrupted();
    }
  }

  /** The server takes a method it cannot read for its own failure, and logs it with a trace. */
  private static void requireMethod(byte[] head) {
    for (int i = 0; i < head.length && head[i] != ' '; i++) {
      if (head[i] <= ' ' || "(){}[]<>@,;:\\\"/?=".indexOf(head[i]) >= 0 || i == LONGEST_METHOD) {
        throw RequestException.builder()
            .type(DirectHandler.EventType.BAD_REQUEST)
            .status(Status.BAD_REQUEST_400)
            .message("no method")
            .build();
      }
    }
  }

  private static RequestException tooSlow() {
    return RequestException.builder()
        .type(DirectHandler.EventType.OTHER)
        .status(Status.REQUEST_TIMEOUT_408)
        .message("the request came too slowly")
        .build();
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public DirectHandlers directHandlers() {
    return refusals;
  }

  @Override
  public ListenerContext listenerContext() {
    return this;
  }

  @Override
  public ExecutorService executor() {
    return connection.executor();
  }

  @Override
  public DataWriter dataWriter() {
    return connection.dataWriter();
  }

  @Override
  public Router router() {
    return connection.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return connection.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return connection.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return connection.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return connection.localPeer();
  }

  @Override
  public boolean isSecure() {
    return connection.isSecure();
  }

  @Override
  public String socketId() {
    return connection.socketId();
  }

  @Override
  public String childSocketId() {
    return connection.childSocketId();
  }

  @Override
  public Context context() {
    return listener.context();
  }

  @Override
  public MediaContext mediaContext() {
    return listener.mediaContext();
  }

  @Override
  public ContentEncodingContext contentEncodingContext() {
    return listener.contentEncodingContext();
  }

  @Override
  public ListenerConfig config() {
    return listener.config();
  }
}
