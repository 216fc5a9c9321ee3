package dev.flotilla.local.supervision;

import java.net.URI;
import java.nio.file.Path;

/**
 * A service's process beside the fleet's own one.
 *
 * @param name of its log and its spool
 * @param url where callers reach it
 * @param opsUrl where its health and metrics are
 */
public record Instance(String name, URI url, URI opsUrl, Path log) {}
