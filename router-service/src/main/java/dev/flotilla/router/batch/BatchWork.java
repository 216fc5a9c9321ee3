package dev.flotilla.router.batch;

/** Answers items, each by what its batch's endpoint needs. Thread-safe. */
final class BatchWork implements ItemWork {
  private final ItemWork chat;
  private final ItemWork runs;

  BatchWork(ItemWork chat, ItemWork runs) {
    this.chat = chat;
    this.runs = runs;
  }

  @Override
  public Price price(Batch batch, String body) {
    return of(batch).price(batch, body);
  }

  @Override
  public ItemEnd perform(Claimed item) {
    return of(item.batch()).perform(item);
  }

  private ItemWork of(Batch batch) {
    return switch (batch.endpoint()) {
      case Endpoint.Chat() -> chat;
      case Endpoint.Runs(String pipeline) -> runs;
    };
  }
}
