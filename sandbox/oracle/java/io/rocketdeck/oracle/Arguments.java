package io.rocketdeck.oracle;

import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON turned into what a parameter or property takes. {@code {"$": "name"}} is an object that was made before. */
final class Arguments {
  private final Map<String, Object> known;

  Arguments(Map<String, Object> known) {
    this.known = known;
  }

  /** That a value does not fit a type, so that another overload may be tried. */
  static final class Misfit extends Exception {
    private static final long serialVersionUID = 1;

    Misfit(Object value, Type type) {
      super(value + " is no " + type.getTypeName());
    }
  }

  /** The arguments of the call, or null where they do not fit its parameters. */
  Object[] fit(Executable call, List<?> values) {
    Type[] types = call.getGenericParameterTypes();
    if (types.length != values.size()) {
      return null;
    }
    try {
      Object[] arguments = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        arguments[i] = to(values.get(i), types[i]);
      }
      return arguments;
    } catch (Misfit misfit) {
      return null;
    }
  }

  /** Sets a property by its setter or, where there is none, its field. */
  void set(Object bean, String name, Object value) throws Misfit, ReflectiveOperationException {
    String setter = "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    for (Method method : bean.getClass().getMethods()) {
      Object[] arguments = method.getName().equals(setter) ? fit(method, List.of(new Object[] {value})) : null;
      if (arguments != null) {
        method.invoke(bean, arguments);
        return;
      }
    }
    for (Class<?> type = bean.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          field.set(bean, to(value, field.getGenericType()));
          return;
        }
      }
    }
    throw new Misfit(name, bean.getClass());
  }

  private Object to(Object value, Type type) throws Misfit {
    Class<?> raw = rawOf(type);
    if (value instanceof Map<?, ?> map && map.get("$") instanceof String name) {
      Object object = known.get(name);
      if (!raw.isInstance(object)) {
        throw new Misfit(object, type);
      }
      return object;
    }
    if (value == null) {
      if (raw.isPrimitive()) {
        throw new Misfit(null, type);
      }
      return null;
    }
    if (value instanceof Boolean && (raw == boolean.class || raw == Boolean.class || raw == Object.class)) {
      return value;
    }
    if (value instanceof Number number) {
      return number(number, raw);
    }
    if (value instanceof String text) {
      return text(text, raw);
    }
    if (value instanceof List<?> list) {
      return list(list, type, raw);
    }
    if (value instanceof Map<?, ?> map) {
      return Map.class.isAssignableFrom(raw) ? map(map, type) : bean(map, raw);
    }
    throw new Misfit(value, type);
  }

  private static Object number(Number number, Class<?> raw) throws Misfit {
    if (raw == long.class || raw == Long.class || raw == Object.class) {
      return number.longValue();
    }
    if (raw == int.class || raw == Integer.class) {
      return number.intValue();
    }
    if (raw == double.class || raw == Double.class) {
      return number.doubleValue();
    }
    throw new Misfit(number, raw);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object text(String text, Class<?> raw) throws Misfit {
    if (raw.isAssignableFrom(String.class)) {
      return text;
    }
    if ((raw == long.class || raw == Long.class) && text.matches("-?\\d+")) {
      return Long.valueOf(text);
    }
    if (raw == byte[].class) {
      return Base64.getDecoder().decode(text);
    }
    if (raw == SocketAddress.class) {
      int colon = text.lastIndexOf(':');
      return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
    if (raw.isEnum()) {
      return Enum.valueOf((Class<Enum>) raw, text);
    }
    throw new Misfit(text, raw);
  }

  private Object list(List<?> list, Type type, Class<?> raw) throws Misfit {
    if (raw.isArray()) {
      Object array = Array.newInstance(raw.getComponentType(), list.size());
      for (int i = 0; i < list.size(); i++) {
        Array.set(array, i, to(list.get(i), raw.getComponentType()));
      }
      return array;
    }
    Collection<Object> items = Set.class.isAssignableFrom(raw) ? new LinkedHashSet<>() : new ArrayList<>();
    if (!raw.isInstance(items)) {
      throw new Misfit(list, type);
    }
    Type item = parameterOf(type, 0);
    for (Object value : list) {
      items.add(to(value, item));
    }
    return items;
  }

  private Map<Object, Object> map(Map<?, ?> from, Type type) throws Misfit {
    Map<Object, Object> map = rawOf(type) == java.util.Properties.class ? new java.util.Properties() : new HashMap<>();
    for (Map.Entry<?, ?> entry : from.entrySet()) {
      map.put(to(entry.getKey(), parameterOf(type, 0)), to(entry.getValue(), parameterOf(type, 1)));
    }
    return map;
  }

  private Object bean(Map<?, ?> properties, Class<?> raw) throws Misfit {
    try {
      if (raw.isInterface() || Modifier.isAbstract(raw.getModifiers())) {
        throw new Misfit(properties, raw);
      }
      Object bean = raw.getConstructor().newInstance();
      for (Map.Entry<?, ?> property : properties.entrySet()) {
        set(bean, String.valueOf(property.getKey()), property.getValue());
      }
      return bean;
    } catch (ReflectiveOperationException impossible) {
      throw new Misfit(properties, raw);
    }
  }

  private static Type parameterOf(Type type, int index) {
    return type instanceof ParameterizedType parameterized ? parameterized.getActualTypeArguments()[index] : Object.class;
  }

  private static Class<?> rawOf(Type type) {
    if (type instanceof Class<?> raw) {
      return raw;
    }
    return type instanceof ParameterizedType parameterized ? rawOf(parameterized.getRawType()) : Object.class;
  }
}
