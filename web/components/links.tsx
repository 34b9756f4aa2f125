import { Link } from "@tanstack/react-router";
import type { Instance } from "#contract/instance.ts";
import type { MessagePlace } from "#contract/message.ts";
import { refOf } from "../lib/message-ref.ts";
import { visible } from "../lib/visible.ts";
import { Cut, CutId, isLong } from "./cut.tsx";

/** For a link with a text that may be cut: it is still called by all of it. */
const cut = (text: string) => ({ "aria-label": isLong(text) ? text : undefined, children: <Cut text={text} /> });

/** A topic's name, leading to it. */
export const TopicLink = ({ instanceId, topic }: { instanceId: string; topic: string }) => (
  <Link to="/instances/$instanceId/topics/$topic" params={{ instanceId, topic }} {...cut(visible(topic))} />
);

export const GroupLink = ({ instanceId, group }: { instanceId: string; group: string }) => (
  <Link to="/instances/$instanceId/groups/$group" params={{ instanceId, group }} {...cut(visible(group))} />
);

type Named = Pick<Instance, "id" | "name"> & { description?: string };

export const InstanceLink = ({ instance: { id, name, description } }: { instance: Named }) => (
  <Link
    to="/instances/$instanceId/overview"
    params={{ instanceId: id }}
    title={description || undefined}
    {...cut(visible(name))}
  />
);

/** A message's id, leading to the message at its place. */
export const MessageLink = ({ instanceId, place, id }: { instanceId: string; place: MessagePlace; id: string }) => (
  <Link
    className="rd-mono"
    to="/instances/$instanceId/messages/$message"
    params={{ instanceId, message: refOf(place) }}
    aria-label={visible(id)}
  >
    <CutId id={visible(id)} />
  </Link>
);

interface MessagesLinkProps {
  instanceId: string;
  topic: string;
  brokerName: string;
  queueId: number;
  offset: string;
  children: string;
}

/** The messages of a queue from an offset on; it names the queue to those who do not see its row. */
export const MessagesLink = ({ instanceId, topic, brokerName, queueId, offset, children }: MessagesLinkProps) => (
  <Link
    to="/instances/$instanceId/messages"
    params={{ instanceId }}
    search={{ tab: "offset", topic, broker: brokerName, queue: queueId, offset }}
  >
    {children}
    <span className="rd-visually-hidden">
      {" "}
      {visible(brokerName)} {queueId}
    </span>
  </Link>
);
