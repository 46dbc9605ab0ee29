import type { Command } from "../../../domain/state/command.ts";

/** An operator's commands, without a note. */
const operator = { by: "anna", note: "" };
export const PAUSE: Command = { action: "pause", ...operator };
export const RESUME: Command = { action: "resume", ...operator };
export const RETRY: Command = { action: "retry_now", ...operator, confirmedAbsent: false };
export const MARK_PAID: Command = { action: "mark_paid", ...operator };
export const WRITE_OFF: Command = { action: "write_off", ...operator };
