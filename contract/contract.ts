import { auditContract } from "./audit.ts";
import { groupImportContract, topicImportContract } from "./csv-import.ts";
import { deadLetterContract } from "./dead-letter.ts";
import { dialTestContract } from "./dial-test.ts";
import { findingContract } from "./finding.ts";
import { groupContract } from "./group.ts";
import { instanceContract } from "./instance.ts";
import { jobContract } from "./job.ts";
import { messageContract } from "./message.ts";
import { offsetContract } from "./offset.ts";
import { onlineContract } from "./online.ts";
import { historyContract, overviewContract } from "./overview.ts";
import { pendingContract } from "./pending.ts";
import { pushContract } from "./push.ts";
import { savedViewContract } from "./saved-view.ts";
import { scanContract } from "./scan.ts";
import { resendContract } from "./resend.ts";
import { sessionContract } from "./session.ts";
import { topicContract } from "./topic.ts";
import { traceContract } from "./trace.ts";

/** The whole API of the console. */
export const contract = {
  audit: auditContract,
  deadLetter: deadLetterContract,
  dialTest: dialTestContract,
  finding: findingContract,
  group: groupContract,
  groupImport: groupImportContract,
  instance: instanceContract,
  job: jobContract,
  message: messageContract,
  offset: offsetContract,
  online: onlineContract,
  history: historyContract,
  overview: overviewContract,
  pending: pendingContract,
  push: pushContract,
  savedView: savedViewContract,
  scan: scanContract,
  resend: resendContract,
  session: sessionContract,
  topic: topicContract,
  topicImport: topicImportContract,
  trace: traceContract,
};
