import { parseArgs, type ParseArgsConfig } from "node:util";
import { userInfo } from "node:os";
import type { AuditSubject } from "#contract/audit.ts";
import { PASSWORD_MIN, type PasswordFault } from "#contract/rules/limits.ts";
import { Role } from "#contract/session.ts";
import { createUser, findAccount, listUsers, resetPassword, USERNAME_PATTERN } from "./auth/accounts.ts";
import { generatePassword, passwordFault } from "./auth/passwords.ts";
import { SignInCounts } from "./auth/sign-in-counts.ts";
import type { Config } from "./base/config.ts";
import { StartError } from "./base/start-error.ts";
import { AuditLog } from "./store/audit.ts";
import { forgetSecrets } from "./store/master-key.ts";
import { openExistingStore, storePlace, type Store } from "./store/store.ts";

export const USAGE = `Usage: node dist/bff/main.js [command]

Without a command the console starts. Commands work on its data directory (ROCKETDECK_DATA_DIR) or database (ROCKETDECK_DATABASE_URL), whether it runs or not:

  list-users                          accounts, their roles and sessions
  create-user --role ROLE NAME        makes an account; ROLE is ${Role.options.join(" or ")}
  reset-password [NAME]               gives an account another password, ends its sessions, and unlocks it
  unlock [NAME]                       lets a name be signed in with from any browser for 15 minutes, whatever strangers fail
  forget-secrets                      removes the stored secret keys of all instances; the console must be stopped
  help                                this text

NAME is the first administrator (ROCKETDECK_ADMIN_USERNAME) where it may be left out.
A password is generated and printed, to be changed at the next sign-in; --password-stdin reads it from standard input instead.`;

/** What is wrong with how a command was written. */
export class UsageError extends Error {}

export interface Io {
  say(line: string): void;
  /** The first line of standard input. */
  readLine(): Promise<string>;
}

interface Call {
  config: Config;
  db: Store;
  io: Io;
  args: string[];
  /** Names for the audit what the command is about. */
  about: (subject: AuditSubject) => void;
}

const passwordStdin = { "password-stdin": { type: "boolean" as const } };

function parse<T extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: T, most: number) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true });
    const extra = parsed.positionals[most];
    if (extra !== undefined) throw new Error(`${extra} is too much`);
    return parsed;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const faults: Record<PasswordFault, string> = {
  tooShort: `it must have ${PASSWORD_MIN} to 128 characters`,
  unchanged: "it is the same as before",
  containsUsername: "it has the username in it",
  tooSimple: "it is made of too few different characters",
};

async function passwordFor(username: string, fromStdin: boolean | undefined, io: Io): Promise<string> {
  if (fromStdin !== true) return generatePassword();
  const password = await io.readLine();
  const fault = passwordFault(username, password);
  if (fault !== undefined) throw new StartError(`This password is too weak: ${faults[fault]}.`);
  return password;
}

async function accountOf({ db, about }: Call, username: string): Promise<{ userId: string }> {
  about({ name: username.slice(0, 64) });
  const account = await findAccount(db, username);
  if (account === undefined) throw new StartError(`There is no account ${username}; see list-users.`);
  return account;
}

const commands: Record<string, (call: Call) => Promise<void>> = {
  async "list-users"({ db, io, args }) {
    parse(args, {}, 0);
    const rows = await listUsers(db);
    const width = Math.max(...rows.map(({ username }) => username.length), 8);
    io.say(`${"username".padEnd(width)}  role           sessions  password`);
    for (const { username, role, sessions, mustChangePassword } of rows) {
      const password = mustChangePassword ? "to be changed" : "own";
      io.say(`${username.padEnd(width)}  ${role.padEnd(13)}  ${String(sessions).padStart(8)}  ${password}`);
    }
  },
  async "create-user"({ db, io, args, about }) {
    const { values, positionals } = parse(args, { role: { type: "string" }, ...passwordStdin }, 1);
    const username = positionals[0] ?? "";
    const role = Role.safeParse(values.role);
    if (!role.success) throw new UsageError(`--role is ${Role.options.join(" or ")}`);
    if (!USERNAME_PATTERN.test(username)) throw new UsageError("NAME has 1 to 64 letters, digits or _ . @ -");
    about({ name: username, role: role.data });
    if ((await findAccount(db, username)) !== undefined)
      throw new StartError(`There is an account ${username} already.`);
    const password = await passwordFor(username, values["password-stdin"], io);
    const generated = values["password-stdin"] !== true;
    await createUser(db, username, password, role.data, generated);
    io.say(`Account: ${username} (${role.data})`);
    if (generated) io.say(`Password: ${password} (shown this once; to be changed at the first sign-in)`);
  },
  async "reset-password"(call) {
    const { config, db, io, args } = call;
    const { values, positionals } = parse(args, passwordStdin, 1);
    const username = positionals[0] ?? config.adminUsername;
    const { userId } = await accountOf(call, username);
    const password = await passwordFor(username, values["password-stdin"], io);
    await resetPassword(db, userId, password);
    await new SignInCounts(db, Date.now).open(username.toLowerCase());
    io.say(`Account: ${username}, whose sessions are over`);
    if (values["password-stdin"] === true) io.say("The password is to be changed at the next sign-in.");
    else io.say(`Password: ${password} (shown this once; to be changed at the next sign-in)`);
  },
  async unlock(call) {
    const { config, db, io, args } = call;
    const username = parse(args, {}, 1).positionals[0] ?? config.adminUsername;
    await accountOf(call, username);
    await new SignInCounts(db, Date.now).open(username.toLowerCase());
    io.say(`For 15 minutes ${username} can sign in from any browser.`);
  },
  async "forget-secrets"({ db, io, args }) {
    parse(args, {}, 0);
    const forgotten = await forgetSecrets(db);
    io.say(
      forgotten.length === 0 ? "No instance has a stored secret key." : "Enter both keys again in the connection of:",
    );
    for (const { name, accessKey } of forgotten) io.say(`  ${name} (access key ${accessKey ?? "unknown"})`);
  },
};

/** Those that a running console would undo or not notice. */
const alone = new Set(["forget-secrets"]);

/** Who runs the command, as far as the machine knows. */
function whoRuns(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Does one command on the data directory of a console; whatever came of it is audited. */
export async function runCommand(name: string, args: string[], configuration: () => Config, io: Io): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`There is no command ${name}.`);
  const config = configuration();
  const db = await openExistingStore(storePlace(config), alone.has(name));
  let subject: AuditSubject = {};
  const ended = (outcome: string) =>
    new AuditLog(db, Date.now).add({ who: whoRuns(), row: `command.${name}`, subject, outcome });
  try {
    const call: Call = { config, db, io, args, about: (more) => void (subject = more) };
    await command(call).catch(async (error: unknown) => {
      if (!(error instanceof UsageError)) await ended("failed");
      throw error;
    });
    await ended("ok");
  } finally {
    await db.destroy();
  }
}
