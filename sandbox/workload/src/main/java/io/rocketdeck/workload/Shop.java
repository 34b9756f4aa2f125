package io.rocketdeck.workload;

import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Makes up what a shop would say: keys, tags and JSON bodies. */
final class Shop {
  private static final String[] CITIES = {"上海", "北京", "深圳", "杭州", "Berlin", "Lisbon", "Singapore", "Toronto"};
  private static final String[] ITEMS = {"keyboard", "desk lamp", "绿茶", "running shoes", "notebook", "耳机", "backpack"};
  private static final String[] CARRIERS = {"SF", "YTO", "DHL", "UPS"};
  private static final String[] ACTIONS = {"VIEW", "SEARCH", "ADD_TO_CART", "SIGN_IN"};
  private static final String[] STATUSES = {"PLACED", "PAID", "PACKED", "SHIPPED", "DELIVERED"};

  /** One message to be. */
  record Event(String tag, String key, String body) {}

  private final AtomicLong orders = new AtomicLong(Instant.now().getEpochSecond() * 100);
  private final AtomicLong statuses = new AtomicLong();

  Event order() {
    String id = "ORD-" + orders.incrementAndGet();
    String tag = chance(10) ? "CANCELLED" : chance(20) ? "CHANGED" : "CREATED";
    return event(tag, id, "\"orderId\":\"%s\",\"customer\":\"C%05d\",\"item\":\"%s\",\"quantity\":%d,\"amount\":%.2f,\"city\":\"%s\"",
        id, random(99_999), pick(ITEMS), 1 + random(5), 5 + random(50_000) / 100.0, pick(CITIES));
  }

  /** Statuses of one order come one after the other. */
  Event status() {
    long step = statuses.getAndIncrement();
    String id = "ORD-" + (700_000 + step / STATUSES.length);
    String status = STATUSES[(int) (step % STATUSES.length)];
    return event(status, id, "\"orderId\":\"%s\",\"status\":\"%s\"", id, status);
  }

  Event payment() {
    String id = "PAY-" + (100_000_000 + random(900_000_000));
    String tag = chance(30) ? "ALIPAY" : chance(50) ? "WECHAT" : "CARD";
    return event(tag, id, "\"paymentId\":\"%s\",\"orderId\":\"ORD-%d\",\"method\":\"%s\",\"amount\":%.2f,\"currency\":\"CNY\"",
        id, orders.get(), tag, 5 + random(50_000) / 100.0);
  }

  Event reminder(String tag) {
    String id = "ORD-" + orders.get();
    return event(tag, id, "\"orderId\":\"%s\",\"template\":\"payment-due\",\"channel\":\"%s\"", id, tag);
  }

  /** One in twelve has an address nobody can deliver to. */
  Event shipment() {
    String id = "SHP-" + (100_000 + random(900_000));
    String tag = chance(25) ? "EXPRESS" : "STANDARD";
    return event(tag, id, "\"shipmentId\":\"%s\",\"orderId\":\"ORD-%d\",\"carrier\":\"%s\",\"city\":\"%s\",\"addressValid\":%b",
        id, orders.get(), pick(CARRIERS), pick(CITIES), !chance(8));
  }

  Event price() {
    String item = pick(ITEMS);
    return event("PRICE", "SKU-" + Math.abs(item.hashCode() % 1_000), "\"item\":\"%s\",\"price\":%.2f", item, 5 + random(9_000) / 100.0);
  }

  Event activity() {
    String user = "U" + random(9_999);
    return event(pick(ACTIONS), user, "\"user\":\"%s\",\"page\":\"/item/%d\",\"ms\":%d", user, random(500), random(900));
  }

  Event invoice() {
    String id = "INV-" + (10_000 + random(90_000));
    return event("PDF", id, "\"invoiceId\":\"%s\",\"orderId\":\"ORD-%d\",\"total\":%.2f", id, orders.get(), 5 + random(50_000) / 100.0);
  }

  static boolean chance(int percent) {
    return random(100) < percent;
  }

  private static Event event(String tag, String key, String format, Object... values) {
    String at = ",\"at\":\"" + Instant.now() + "\"}";
    return new Event(tag, key, "{" + String.format(Locale.ROOT, format, values) + at);
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  private static String pick(String[] from) {
    return from[random(from.length)];
  }
}
