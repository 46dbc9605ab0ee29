import { scrubbed } from "../domain/values/own-error.ts";

/**
 * The message of whatever was thrown, scrubbed and bounded: for set-up and connections, whose errors concern no customer. What an
 * activity threw goes through `activities/failure.ts`.
 */
export function messageOf(error: unknown): string {
  return scrubbed(error instanceof Error ? error.message : String(error));
}
