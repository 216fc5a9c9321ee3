/**
 * Who is asking. Established once at the router's door and trusted behind it only beside the
 * service token; never decided here. Start with {@link dev.flotilla.kit.identity.Caller}.
 */
@NullMarked
package dev.flotilla.kit.identity;

import org.jspecify.annotations.NullMarked;
