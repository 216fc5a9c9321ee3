/**
 * How a service's process begins and ends. It never knows what the service is for. Start with
 * {@link dev.flotilla.kit.start.ServiceMain}.
 */
@NullMarked
package dev.flotilla.kit.start;

import org.jspecify.annotations.NullMarked;
