package dev.flotilla.kit.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * A JSON document as the body of a request to somebody else. What is long in it is sent from where
 * it was read: a prompt is not copied on its way through. Immutable; may be sent several times.
 */
public final class JsonBody implements HttpRequest.BodyPublisher {
  private final List<ByteBuffer> pieces;
  private final long length;

  private JsonBody(List<ByteBuffer> pieces) {
    this.pieces = pieces;
    this.length = pieces.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  /**
   * @param tree read now, and not later
   */
  public static JsonBody of(JsonNode tree) {
    return new JsonBody(Json.pieces(tree));
  }

  @Override
  public long contentLength() {
    return length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(new Sending(subscriber, pieces.iterator()));
  }

  /** One sending. The subscriber asks for more while it is given some, which must not nest. */
  private static final class Sending implements Flow.Subscription {
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final Iterator<ByteBuffer> left;
    private long wanted;
    private boolean giving;
    private boolean ended;

    Sending(Flow.Subscriber<? super ByteBuffer> subscriber, Iterator<ByteBuffer> left) {
      this.subscriber = subscriber;
      this.left = left;
    }

    @Override
    public void request(long more) {
      synchronized (this) {
        if (more <= 0) {
          ended = true;
        } else {
          wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
        }
        if (giving) {
          return;
        }
        giving = true;
      }
      if (more <= 0) {
        subscriber.onError(new IllegalArgumentException("asked for " + more + " pieces"));
      }
      give();
    }

    private void give() {
      while (true) {
        ByteBuffer next;
        synchronized (this) {
          if (ended || wanted == 0 || !left.hasNext()) {
            giving = false;
            break;
          }
          wanted--;
          next = left.next().duplicate();
        }
        subscriber.onNext(next);
      }
      boolean complete;
      synchronized (this) {
        complete = !ended && !left.hasNext();
        ended |= complete;
      }
      if (complete) {
        subscriber.onComplete();
      }
    }

    @Override
    public synchronized void cancel() {
      ended = true;
    }
  }
}
