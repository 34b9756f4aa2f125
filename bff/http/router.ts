import type { Deps } from "../api/deps.ts";
import { auditHandlers } from "../features/audit/audit.handlers.ts";
import { groupImportHandlers, topicImportHandlers } from "../features/csv-import/csv-import.handlers.ts";
import { dialTestHandlers } from "../features/dial-test/dial-test.handlers.ts";
import { deadLetterHandlers } from "../features/message/dead-letter/dead-letter.handlers.ts";
import { findingHandlers } from "../features/finding/finding.handlers.ts";
import { groupHandlers } from "../features/group/group.handlers.ts";
import { instanceHandlers } from "../features/instance/instance.handlers.ts";
import { jobHandlers } from "../features/job/job.handlers.ts";
import { messageHandlers } from "../features/message/message.handlers.ts";
import { traceHandlers } from "../features/message/trace/trace.handlers.ts";
import { pendingHandlers } from "../features/message/pending/pending.handlers.ts";
import { pushHandlers } from "../features/message/push/push.handlers.ts";
import { scanHandlers } from "../features/message/scan/scan.handlers.ts";
import { resendHandlers } from "../features/message/resend/resend.handlers.ts";
import { offsetHandlers } from "../features/offset/offset.handlers.ts";
import { onlineHandlers } from "../features/online/online.handlers.ts";
import { historyHandlers, overviewHandlers } from "../features/overview/overview.handlers.ts";
import { savedViewHandlers } from "../features/saved-view/saved-view.handlers.ts";
import { sessionHandlers } from "../features/session/session.handlers.ts";
import { topicHandlers } from "../features/topic/topic.handlers.ts";

/** Which handlers implement which domain of the contract. */
export const createRouter = (deps: Deps) => ({
  audit: auditHandlers(deps),
  deadLetter: deadLetterHandlers(deps),
  dialTest: dialTestHandlers(deps),
  finding: findingHandlers(deps),
  group: groupHandlers(deps),
  groupImport: groupImportHandlers(deps),
  instance: instanceHandlers(deps),
  job: jobHandlers(deps),
  message: messageHandlers(deps),
  offset: offsetHandlers(deps),
  online: onlineHandlers(deps),
  history: historyHandlers(deps),
  overview: overviewHandlers(deps),
  pending: pendingHandlers(deps),
  push: pushHandlers(deps),
  savedView: savedViewHandlers(deps),
  scan: scanHandlers(deps),
  resend: resendHandlers(deps),
  session: sessionHandlers(deps),
  topic: topicHandlers(deps),
  topicImport: topicImportHandlers(deps),
  trace: traceHandlers(deps),
});
