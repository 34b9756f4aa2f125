import { problemOf } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";

/** Where a group stands in a queue, and where it is to. */
export interface Move {
  brokerName: string;
  addr: string;
  queueId: number;
  from: bigint | null;
  to: bigint;
}

/** Moves a group's offsets queue by queue; what came of each, as the summary of a job has it. */
export async function commitMoves(
  cluster: RocketMQCluster,
  { group, topic }: { group: string; topic: string },
  moves: readonly Move[],
): Promise<Record<string, unknown>[]> {
  const committed: Record<string, unknown>[] = [];
  for (const { brokerName, addr, queueId, from, to } of moves) {
    const header = { consumerGroup: group, topic, queueId, commitOffset: to };
    const moved = { brokerName, queueId, from: from?.toString() ?? null, to: to.toString() };
    try {
      await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
      committed.push({ ...moved, ok: true });
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      committed.push({ ...moved, ok: false, code: problem.code, detail: problem.data.remark });
    }
  }
  return committed;
}
