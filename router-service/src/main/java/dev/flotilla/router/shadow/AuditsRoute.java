package dev.flotilla.router.shadow;

import dev.flotilla.kit.json.Json;
import dev.flotilla.router.door.Visit;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * {@code GET /v1/learning/audits}: the audited answers of all routers, one in each line, the oldest
 * first, as {@code ./fleet train confidence} reads them. Nothing where none were kept.
 */
final class AuditsRoute {
  private static final int AT_ONCE = 1_000;

  private final AuditBook book;

  AuditsRoute(AuditBook book) {
    this.book = book;
  }

  void get(Visit visit) throws IOException {
    List<AuditBook.Shown> page = book.after(0, AT_ONCE);
    // Not closed when it broke: what is not whole must not look so.
    OutputStream out = visit.beginBody(200, "application/jsonl; charset=utf-8");
    while (!page.isEmpty()) {
      for (AuditBook.Shown audited : page) {
        out.write(Json.plainBytes(audited.line()));
        out.write('\n');
      }
      out.flush();
      page = book.after(page.getLast().number(), AT_ONCE);
    }
    out.close();
  }
}
