package io.percred.snowflake.emulator;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request, read whole.
 *
 * @param token the token of the {@code Authorization: Snowflake} header, or empty
 * @param baseUrl how the client addresses the emulator
 */
record ApiCall(
    Endpoint endpoint,
    String path,
    Map<String, String> parameters,
    JsonObject body,
    String token,
    String baseUrl) {

  /** A query parameter, or empty. */
  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  /** A text of the body, or null. */
  static @Nullable String text(JsonObject json, String name) {
    JsonElement value = json.get(name);
    return value == null || !value.isJsonPrimitive() ? null : value.getAsString();
  }
}
