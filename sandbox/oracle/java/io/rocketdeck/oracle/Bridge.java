package io.rocketdeck.oracle;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes objects of the official classes and calls their methods, by name. */
final class Bridge {
  private final Map<String, Object> known = new ConcurrentHashMap<>();
  private final Arguments arguments = new Arguments(known);

  /** An object of a class under a name, with its properties set. */
  void make(String name, String type, List<?> values, Map<?, ?> properties) throws Exception {
    for (Constructor<?> constructor : sorted(Class.forName(type).getConstructors())) {
      Object[] fitting = arguments.fit(constructor, values);
      if (fitting != null) {
        Object made = opened(() -> constructor.newInstance(fitting));
        for (Map.Entry<?, ?> property : properties.entrySet()) {
          arguments.set(made, String.valueOf(property.getKey()), property.getValue());
        }
        known.put(name, made);
        return;
      }
    }
    throw new NoSuchMethodException("no constructor of " + type + " takes " + values);
  }

  /** Calls a method of a known object, or a static one of a class. */
  Object call(String on, String method, List<?> values) throws Exception {
    Object target = known.get(on);
    Class<?> type = target == null ? Class.forName(on) : target.getClass();
    for (Method candidate : sorted(type.getMethods())) {
      boolean reachable = target != null || Modifier.isStatic(candidate.getModifiers());
      Object[] fitting = reachable && candidate.getName().equals(method) ? arguments.fit(candidate, values) : null;
      if (fitting != null) {
        candidate.setAccessible(true);
        return opened(() -> candidate.invoke(target, fitting));
      }
    }
    throw new NoSuchMethodException(type.getName() + "." + method + " does not take " + values);
  }

  void keep(String name, Object object) {
    known.put(name, object);
  }

  void forget(String name) {
    known.remove(name);
  }

  private interface Action {
    Object run() throws ReflectiveOperationException;
  }

  /** The exception of the method itself, not that it was called by reflection. */
  private static Object opened(Action action) throws Exception {
    try {
      return action.run();
    } catch (InvocationTargetException wrapped) {
      throw wrapped.getCause() instanceof Exception cause ? cause : wrapped;
    }
  }

  /** The order of reflection is not that of the source and not always the same; text comes before what text can become. */
  private static <E extends Executable> List<E> sorted(E[] calls) {
    Comparator<Executable> textFirst = Comparator.comparing(call ->
        -Arrays.stream(call.getParameterTypes()).filter(type -> type == String.class).count());
    return Arrays.stream(calls).sorted(textFirst.thenComparing(Executable::toGenericString)).toList();
  }
}
