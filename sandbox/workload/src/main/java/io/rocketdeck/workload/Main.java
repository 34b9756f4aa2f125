package io.rocketdeck.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A small shop on a cluster: consumes for ever and sends so, or a number of messages, or seeds some and ends. */
public final class Main {
  private static final long NANOS = 1_000_000_000L;

  private Main() {}

  public static void main(String[] args) throws Exception {
    Options options = Options.parse(args);
    new Catalogue(options).create();
    Shop shop = new Shop();
    Producers producers = new Producers(options, shop);
    if (options.seedOnly() > 0) {
      seed(producers, options.seedOnly());
      producers.close();
      System.out.printf("{\"ready\":true,\"sent\":%d}%n", options.seedOnly());
      System.exit(0);
    }
    new Consumers(options).start();
    List<Producers.Sender> senders = new ArrayList<>(producers.senders());
    if (options.grpc() != null) {
      GrpcClients grpc = new GrpcClients(options, shop);
      senders.add(grpc::send);
    }
    for (Producers.Sender sender : senders) {
      sender.send();
    }
    System.out.printf("{\"ready\":true,\"rate\":%.1f}%n", options.rate());
    run(senders, options.rate(), options.count());
  }

  private static void seed(Producers producers, int count) throws Exception {
    List<Producers.Sender> senders = producers.senders();
    for (int i = 0; i < count; i++) {
      senders.get(i % senders.size()).send();
    }
  }

  /** A failed send is part of life: a broker may be down for a while; it is reported and the shop goes on. */
  private static void run(List<Producers.Sender> senders, double rate, int count) {
    long step = (long) (NANOS / rate);
    long next = System.nanoTime();
    for (int i = 0; i < count; i++) {
      try {
        senders.get(i % senders.size()).send();
      } catch (Exception failure) {
        System.err.println(failure);
      }
      // After an outage the lost time is not made up for.
      next = Math.max(next + step, System.nanoTime() - NANOS);
      LockSupport.parkNanos(next - System.nanoTime());
    }
    System.out.printf("{\"sent\":%d}%n", count);
  }
}
