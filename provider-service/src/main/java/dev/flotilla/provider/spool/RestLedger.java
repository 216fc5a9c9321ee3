package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.AuditAnswer;
import dev.flotilla.contracts.ledger.AuditQuestion;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.contracts.ledger.LedgerApi;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.WireJson;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.ServerErrorException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.rest.client.RestClientBuilder;

/** cost-service over REST. Short faults are over before the shipper notices them. */
@ApplicationScoped
public class RestLedger implements Ledger {
  static {
    // Read once when the JDK's HttpURLConnection loads. Without it a failed POST is silently sent
    // twice below us; the ledger would not mind, but its request counts would.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private final LedgerApi ledger;

  @Inject
  RestLedger(Settings settings, ServiceToken token) {
    ClientRequestFilter authorize =
        request -> request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, token.header());
    ledger =
        RestClientBuilder.newBuilder()
            .baseUri(settings.address("flotilla.cost.url"))
            .connectTimeout(2, TimeUnit.SECONDS)
            .readTimeout(10, TimeUnit.SECONDS)
            .register(WireJson.class, 1)
            .register(authorize)
            .build(LedgerApi.class);
  }

  // The time-out's thread sleeps to its end even when the call was quick (Helidon 4.3.0); one
  // shipper makes few calls, so few sleep.
  @Override
  @Timeout(value = 12, unit = ChronoUnit.SECONDS)
  @Retry(
      maxRetries = 2,
      delay = 100,
      jitter = 50,
      retryOn = {ProcessingException.class, ServerErrorException.class})
  public BatchReceipt append(EntryBatch batch) {
    try {
      return ledger.append(batch);
    } catch (WebApplicationException e) {
      int status = e.getResponse().getStatus();
      if (status == 400 || status == 413 || status == 422) {
        throw new BatchRefused(status, e);
      }
      throw e;
    }
  }

  @Override
  public AuditAnswer audit(AuditQuestion question) {
    return ledger.audit(question);
  }
}
