/**
 * Keys that administrators issue, replace and revoke while the router runs. It never knows a key
 * after it was shown once, and never decides who comes in. Start with {@link
 * dev.flotilla.router.keys.KeysRoute}.
 */
@NullMarked
package dev.flotilla.router.keys;

import org.jspecify.annotations.NullMarked;
