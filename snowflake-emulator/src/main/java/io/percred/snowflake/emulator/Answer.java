package io.percred.snowflake.emulator;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;

/** An HTTP answer. */
final class Answer {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  /** The connection ends without one. */
  static final Answer NONE = new Answer(0, new byte[0]);

  private final int status;
  private final byte[] body;

  Answer(int status, byte[] body) {
    this.status = status;
    this.body = body;
  }

  int status() {
    return status;
  }

  /** The body itself, not a copy: it may be large, and is only written. */
  byte[] body() {
    return body;
  }

  static Answer json(JsonObject json) {
    return new Answer(200, bytes(json));
  }

  static Answer status(int status) {
    return new Answer(status, new byte[0]);
  }

  /** {@code success:true} with this data, which may be JSON's null. */
  static Answer success(JsonElement data) {
    JsonObject json = new JsonObject();
    json.add("data", data);
    json.add("code", JsonNull.INSTANCE);
    json.add("message", JsonNull.INSTANCE);
    json.addProperty("success", true);
    return json(json);
  }

  static Answer success() {
    return success(JsonNull.INSTANCE);
  }

  /** An error of a statement, with code and SQLSTATE. */
  static Answer error(SnowflakeError error, JsonObject data) {
    data.addProperty("errorCode", error.code());
    data.addProperty("sqlState", error.sqlState());
    return bareError(error, data);
  }

  /** An error whose data tells neither, as logins are answered. */
  static Answer bareError(SnowflakeError error, JsonObject data) {
    JsonObject json = new JsonObject();
    json.add("data", data);
    json.addProperty("code", error.code());
    json.addProperty("message", error.text());
    json.addProperty("success", false);
    json.add("headers", JsonNull.INSTANCE);
    return json(json);
  }

  static Answer error(SnowflakeError error) {
    return error(error, new JsonObject());
  }

  static byte[] bytes(JsonObject json) {
    return GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
  }
}
