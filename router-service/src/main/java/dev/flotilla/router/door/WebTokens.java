package dev.flotilla.router.door;

import dev.flotilla.router.door.ApiKeys.KnownKey;
import java.util.Optional;

/** Credentials that somebody else issued and signed, such as JSON web tokens. Thread-safe. */
public interface WebTokens {
  /** Nobody issues any. */
  WebTokens NONE =
      new WebTokens() {
        @Override
        public boolean mayBeOne(String presented) {
          return false;
        }

        @Override
        public boolean ready() {
          return true;
        }

        @Override
        public Optional<KnownKey> whoHas(String presented) {
          return Optional.empty();
        }
      };

  /** Whether it looks like one at all. */
  boolean mayBeOne(String presented);

  /** Whether it can be said of one whether it is valid. */
  boolean ready();

  /** Whom it names; empty when it is not valid here and now. */
  Optional<KnownKey> whoHas(String presented);
}
