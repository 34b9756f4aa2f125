import { api, publicApi } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";

const done = { ok: true } as const;

export const sessionHandlers = ({ auth }: Deps) => ({
  get: publicApi.session.get.handler(async ({ context }) => {
    const who = await auth.find(context.headers);
    if (who !== null) context.sendCookies(who.headers);
    return { user: who?.user ?? null };
  }),
  signIn: publicApi.session.signIn.handler(async ({ context, input }) => {
    const { user, headers } = await auth.signIn(context.headers, input.username, input.password);
    context.note({ userId: user.id });
    context.sendCookies(headers);
    return { user };
  }),
  signOut: api.session.signOut.handler(async ({ context }) => {
    context.sendCookies(await auth.signOut(context.who, context.headers));
    return done;
  }),
  changePassword: api.session.changePassword.handler(async ({ context, input }) => {
    context.sendCookies(await auth.changePassword(context.who, context.headers, input.current, input.next));
    return { user: { ...context.user, mustChangePassword: false } };
  }),
  sessions: api.session.sessions.handler(async ({ context }) => ({ items: await auth.sessions(context.who) })),
  revoke: api.session.revoke.handler(async ({ context, input }) => {
    await auth.revoke(context.who, input.sessionId);
    return done;
  }),
});
