/**
 * JSON as this fleet reads and writes it: bounded, and numbers keep the digits they came with. It
 * never knows what a document means. Start with {@link dev.flotilla.kit.json.Json}.
 */
@NullMarked
package dev.flotilla.kit.json;

import org.jspecify.annotations.NullMarked;
