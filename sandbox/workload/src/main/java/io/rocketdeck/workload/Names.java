package io.rocketdeck.workload;

/** Topics and consumer groups of the shop. */
final class Names {
  static final String ORDERS = "orders";
  static final String ORDER_STATUS = "order-status";
  static final String PAYMENTS = "payments";
  static final String REMINDERS = "payment-reminders";
  static final String SHIPMENTS = "shipments";
  static final String PRICES = "price-updates";
  static final String ACTIVITY = "user-activity";
  static final String INVOICES = "invoices";

  static final String ORDER_SERVICE = "order-service";
  static final String STATUS_PROJECTOR = "order-status-projector";
  static final String PAYMENT_SERVICE = "payment-service";
  static final String REMINDER_MAILER = "reminder-mailer";
  /** Fails some messages into retry and DLQ. */
  static final String SHIPMENT_NOTIFIER = "shipment-notifier";
  /** Broadcasting. */
  static final String PRICE_CACHE = "price-cache";
  /** Slow: piles up. */
  static final String ACTIVITY_LOADER = "activity-loader";
  /** Two clients that subscribe differently. */
  static final String AUDIT_TRAIL = "audit-trail";
  /** Through the proxy. */
  static final String INVOICE_ARCHIVER = "invoice-archiver";

  private Names() {}
}
