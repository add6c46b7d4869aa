package io.percred.tokens.http;

/**
 * What was made of an answer.
 *
 * @param value what it says
 * @param isGood whether the endpoint found whoever asks good: it granted, issued or published
 */
public record Reading<T>(T value, boolean isGood) {
  /** What the endpoint granted, issued or published. */
  public static <T> Reading<T> good(T value) {
    return new Reading<>(value, true);
  }

  /** What the endpoint has against the request. */
  public static <T> Reading<T> refusal(T value) {
    return new Reading<>(value, false);
  }
}
