import { randomInt } from "node:crypto";
import { PASSWORD_MAX, PASSWORD_MIN, type PasswordFault } from "#contract/rules/limits.ts";

/** Without letters and digits that people confuse. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

export function generatePassword(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

/** What is wrong with a new password, if anything is. */
export function passwordFault(username: string, next: string, current?: string): PasswordFault | undefined {
  if (next.length < PASSWORD_MIN || next.length > PASSWORD_MAX) return "tooShort";
  if (next === current) return "unchanged";
  if (username.length >= 3 && next.toLowerCase().includes(username.toLowerCase())) return "containsUsername";
  return new Set(next).size < 5 ? "tooSimple" : undefined;
}
