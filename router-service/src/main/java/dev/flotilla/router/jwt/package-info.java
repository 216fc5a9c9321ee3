/**
 * JSON web tokens at the door: whom a token of a trusted issuer names. It never issues one. Start
 * with {@link dev.flotilla.router.jwt.SignedTokens}.
 */
@NullMarked
package dev.flotilla.router.jwt;

import org.jspecify.annotations.NullMarked;
