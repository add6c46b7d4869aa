/**
 * JSON that came from elsewhere, read so that it means the same to everybody who reads it. Start
 * with {@link io.percred.tokens.json.JsonObjects}.
 */
@NullMarked
package io.percred.tokens.json;

import org.jspecify.annotations.NullMarked;
