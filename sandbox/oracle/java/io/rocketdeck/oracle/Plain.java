package io.rocketdeck.oracle;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the official classes answer, as JSON: objects of RocketMQ by their fields, longs as strings, bytes as base64,
 * every map as pairs of key and value because many of RocketMQ's have objects as keys.
 */
final class Plain {
  private static final String ROCKETMQ = "org.apache.rocketmq.";

  private Plain() {}

  static Object of(Object value) throws ReflectiveOperationException {
    if (value == null || value instanceof Boolean || value instanceof String) {
      return value;
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    if (value instanceof InetSocketAddress address) {
      return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
    if (value instanceof Map<?, ?> map) {
      return pairs(map);
    }
    if (value instanceof Collection<?> items) {
      return list(items.toArray());
    }
    if (value.getClass().isArray()) {
      return list(value);
    }
    return value.getClass().getName().startsWith(ROCKETMQ) ? fields(value) : value.toString();
  }

  private static Object number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      double real = number.doubleValue();
      return Double.isFinite(real) ? number : number.toString();
    }
    boolean small = number instanceof Integer || number instanceof Short || number instanceof Byte;
    return small ? number : number.toString();
  }

  private static List<Object> pairs(Map<?, ?> map) throws ReflectiveOperationException {
    List<Object> pairs = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      List<Object> pair = new ArrayList<>();
      pair.add(of(entry.getKey()));
      pair.add(of(entry.getValue()));
      pairs.add(pair);
    }
    return pairs;
  }

  private static List<Object> list(Object array) throws ReflectiveOperationException {
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      items.add(of(Array.get(array, i)));
    }
    return items;
  }

  private static Map<String, Object> fields(Object bean) throws ReflectiveOperationException {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Class<?> type = bean.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) || Modifier.isTransient(field.getModifiers())) {
          continue;
        }
        field.setAccessible(true);
        values.putIfAbsent(field.getName(), of(field.get(bean)));
      }
    }
    return values;
  }
}
