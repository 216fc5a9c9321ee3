package dev.flotilla.local.supervision;

import java.net.URI;
import java.nio.file.Path;

/**
 * A service's process beside the fleet's own one.
 *
 * @param url where callers reach it
 * @param opsUrl where its health and metrics are
 */
public record Instance(URI url, URI opsUrl, Path log) {}
