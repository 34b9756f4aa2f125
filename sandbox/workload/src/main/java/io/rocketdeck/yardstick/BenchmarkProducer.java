package io.rocketdeck.yardstick;

import io.rocketdeck.workload.Options;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.rocketmq.example.benchmark.Producer;

/** RocketMQ's own benchmark producer; the rate is the one it reports of its last ten seconds. */
public final class BenchmarkProducer {
  private static final Pattern RATE = Pattern.compile("\\[Complete] .*Send TPS: (\\d+) .*Send Failed: (\\d+)");

  /** Sends may fail while 64 threads open the first connection; what is reported lies after that. */
  private static final double FAILURES_ALLOWED = 0.01;

  private BenchmarkProducer() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> options = Options.pairs(args);
    long count = Long.parseLong(Options.required(options, "count"));
    int repeat = Integer.parseInt(options.getOrDefault("repeat", "1"));
    for (int round = 0; round < repeat; round++) {
      Measure measure = new Measure();
      String report = run(options, count);
      double cpu = measure.cpuSeconds();
      Matcher rate = RATE.matcher(report);
      if (!rate.find() || Long.parseLong(rate.group(2)) > count * FAILURES_ALLOWED) {
        throw new IllegalStateException("no clean rate in the report: " + report);
      }
      Measure.print("benchmark-producer", count, count / Double.parseDouble(rate.group(1)), cpu);
    }
    System.exit(0);
  }

  private static String run(Map<String, String> options, long count) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    System.setOut(new PrintStream(report, true));
    try {
      Producer.main(new String[] {
        "-n", Options.required(options, "namesrv"),
        "-t", Options.required(options, "topic"),
        "-w", options.getOrDefault("threads", "64"),
        "-s", options.getOrDefault("size", "1024"),
        "-q", Long.toString(count)
      });
    } finally {
      System.setOut(console);
    }
    return report.toString();
  }
}
