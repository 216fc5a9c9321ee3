package dev.flotilla.router.jwt;

import java.io.IOException;

/** Where an issuer's public keys are. */
@FunctionalInterface
public interface KeySource {
  /** All of them, as PEM, JWK or JWK set. */
  byte[] read() throws IOException;
}
