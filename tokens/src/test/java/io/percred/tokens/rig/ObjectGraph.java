package io.percred.tokens.rig;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The texts among the objects that an object consists of. Looks into the classes of percred and of
 * the libraries; of the platform's classes only into what can be read without opening modules.
 */
public final class ObjectGraph {
  private ObjectGraph() {}

  /**
   * Every string, and every array of bytes or characters as text.
   *
   * @param secretsMayBeIn classes whose instances are not looked into
   */
  public static Set<String> textsOf(Object start, Class<?>... secretsMayBeIn)
      throws IllegalAccessException {
    Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> texts = new TreeSet<>();
    Deque<Object> left = new ArrayDeque<>();
    left.add(start);
    while (!left.isEmpty()) {
      Object object = left.remove();
      if (Stream.of(secretsMayBeIn).anyMatch(each -> each.isInstance(object))
          || object instanceof GivenSettings
          || !known.add(object)) {
        continue;
      }
      if (object instanceof String text) {
        texts.add(text);
      } else if (object instanceof byte[] bytes) {
        texts.add(new String(bytes, StandardCharsets.ISO_8859_1));
      } else if (object instanceof char[] characters) {
        texts.add(new String(characters));
      } else if (object instanceof Object[] array) {
        for (int i = 0; i < Array.getLength(array); i++) {
          add(left, array[i]);
        }
      } else if (object instanceof Iterable<?> elements) {
        elements.forEach(each -> add(left, each));
      } else if (object instanceof Map<?, ?> map) {
        map.forEach(
            (key, value) -> {
              add(left, key);
              add(left, value);
            });
      } else {
        addFields(left, object);
      }
    }
    return texts;
  }

  private static void addFields(Deque<Object> left, Object object) throws IllegalAccessException {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().startsWith("java.") || type.getName().startsWith("jdk.")) {
        return;
      }
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !field.getType().isPrimitive()
            && field.trySetAccessible()) {
          add(left, field.get(object));
        }
      }
    }
  }

  private static void add(Deque<Object> left, @Nullable Object object) {
    if (object != null && !(object instanceof Class<?>) && !(object instanceof Thread)) {
      left.add(object);
    }
  }
}
