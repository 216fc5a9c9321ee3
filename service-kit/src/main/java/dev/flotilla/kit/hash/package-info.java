/** Names for what is too long to be one, or must not be told. */
@NullMarked
package dev.flotilla.kit.hash;

import org.jspecify.annotations.NullMarked;
