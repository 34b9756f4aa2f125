package io.rocketdeck.oracle;

import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/** Ends a transaction as its argument says; one that is left open stays so when the broker asks. */
public final class Outcome implements TransactionListener {
  @Override
  public LocalTransactionState executeLocalTransaction(Message message, Object state) {
    return LocalTransactionState.valueOf(String.valueOf(state));
  }

  @Override
  public LocalTransactionState checkLocalTransaction(MessageExt message) {
    return LocalTransactionState.UNKNOW;
  }
}
