package io.rocketdeck.yardstick;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import com.sun.management.OperatingSystemMXBean;

/** Wall and CPU time of this process over a piece of work, printed as one line of JSON. */
final class Measure {
  private static final double NANOS = 1e9;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final long startedAt = System.nanoTime();
  private final long cpuAtStart = SYSTEM.getProcessCpuTime();

  double cpuSeconds() {
    return (SYSTEM.getProcessCpuTime() - cpuAtStart) / NANOS;
  }

  void print(String name, long count) {
    print(name, count, (System.nanoTime() - startedAt) / NANOS, cpuSeconds());
  }

  static void print(String name, long count, double seconds, double cpuSeconds) {
    System.out.printf(Locale.ROOT, "{\"name\":\"%s\",\"count\":%d,\"seconds\":%.6f,\"cpuSeconds\":%.6f}%n",
        name, count, seconds, cpuSeconds);
  }
}
