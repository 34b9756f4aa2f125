import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { messageBody, messageDetail } from "./message-detail.ts";
import { findById, findByKey, findByTime } from "./message-find.ts";
import { findByOffset } from "./message-queue.ts";
import { assertReadable, tailOf } from "./message-tail.ts";
import { groupNamesOf, messageGroups, statesOf } from "./message-states.ts";
import { TailPlaces } from "./tail-places.ts";

const handlersWith = (deps: Deps, places: TailPlaces) => ({
  byKey: api.message.byKey.handler(({ input, signal }) => findByKey(deps, input, signal)),
  byId: api.message.byId.handler(({ input, signal }) => findById(deps, input, signal)),
  byOffset: api.message.byOffset.handler(({ input, signal }) => findByOffset(deps, input, signal)),
  byTime: api.message.byTime.handler(({ input, signal }) => findByTime(deps, input, signal)),
  tail: api.message.tail.handler(async ({ input, context, signal = new AbortController().signal }) => {
    const { username } = context.user;
    await assertReadable(deps, input, signal);
    places.assertFree(username);
    const tail = (ended: AbortSignal) => places.hold(username, tailOf(deps, input, ended));
    return context.stream(deps.auth.during(context.who, signal, tail));
  }),
  get: api.message.get.handler(({ input, signal }) => messageDetail(deps, input, signal)),
  body: api.message.body.handler(({ input, context, signal }) => messageBody(deps, input, context, signal)),
  states: api.message.states.handler(({ input, signal }) => statesOf(deps, input, signal)),
  groups: api.message.groups.handler(({ input, signal }) => messageGroups(deps, input, signal)),
  groupNames: api.message.groupNames.handler(({ input, signal }) => groupNamesOf(deps, input, signal)),
});

export const messageHandlers = (deps: Deps) => handlersWith(deps, new TailPlaces());
