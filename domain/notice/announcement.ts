import type { Policy } from "../policy.ts";
import type { PendingEffect, Recovery } from "../state/recovery.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../values/time.ts";
import { isUnannouncedImport } from "../state/facts.ts";
import { announcedAheadMs, softNotices } from "./due-notices.ts";

/** How long an attempt waits for an announcement that cannot be sent. The hour is what an aligned attempt may start early. */
export const UNANNOUNCED_MAX_MS = 3 * DAY_MS + HOUR_MS;

/**
 * The key of the notice that announces the planned attempt; null where none is wanted: by the policy, by the customer who stopped
 * the reminders, or because the attempt is not announced at all.
 */
export function announcementKeyOf(recovery: Recovery, policy: Policy): string | null {
  if (recovery.customerAction !== null || announcedAheadMs(recovery, policy) === 0) return null;
  const announcement = softNotices(recovery, policy).at(-1);
  if (announcement === undefined) return null;
  return recovery.remindersOff && announcement.kind === "retry_ahead" ? null : announcement.key;
}

/** The announcement on its way; null where none is. A notice that an earlier version started has no key. */
export function pendingAnnouncement(recovery: Recovery, policy: Policy): PendingEffect | null {
  const key = announcementKeyOf(recovery, policy);
  if (key === null || !recovery.notices.includes(key)) return null;
  const pending = Object.values(recovery.pendingEffects);
  return pending.find((one) => one.kind === "notice" && (one.key ?? key) === key) ?? null;
}

/**
 * Whether the planned attempt may start: its announcement is out, or does not hold it. A dead address holds nothing, and neither
 * does the weekly cap; but nothing is charged before the first mail about an imported debt.
 * @source docs/RECOVERY.md, "Notices"
 */
export function isAnnounced(recovery: Recovery, policy: Policy, now: Instant): boolean {
  if (isUnannouncedImport(recovery)) return false;
  const key = announcementKeyOf(recovery, policy);
  if (key === null) return true;
  if (!recovery.notices.includes(key)) return (recovery.noticesFrom ?? 0) > now;
  if (pendingAnnouncement(recovery, policy) !== null) return false;
  return recovery.plan?.announcement !== "unsent";
}

/** Whether somebody tried to announce the planned attempt. */
export function wasAnnouncementTried(recovery: Recovery, policy: Policy): boolean {
  const key = announcementKeyOf(recovery, policy);
  return key !== null && recovery.notices.includes(key);
}
