import { workflowInfo } from "@temporalio/workflow";
import { decide } from "../../domain/decide.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";

/** Temporal cuts summaries at 200 bytes. */
export const SUMMARY_MAX = 180;

/**
 * What is about to be decided, as the Temporal Web UI shows it beside the decision. Temporal takes a summary only when an
 * activity is scheduled, so the rules run here once more, for these words alone: nothing else depends on them, and they are
 * not computed at replay.
 */
export function decisionSummary(recovery: Recovery, event: DomainEvent, at: Instant): string {
  const name = nameOf(event);
  const { policy, mode } = recovery;
  if (workflowInfo().unsafe.isReplaying || policy === null || mode === null) return name;
  try {
    const { rule, reason } = decide(recovery, event, { policy, mode }, at);
    return `${rule}: ${endOf(reason, SUMMARY_MAX - rule.length - 2)}`;
  } catch {
    // The decision itself fails too, and shows why.
    return name;
  }
}

/** The last words of a reason, which say what follows from the first. */
function endOf(reason: string, charactersMax: number): string {
  return reason.length <= charactersMax ? reason : `…${reason.slice(1 - charactersMax)}`;
}

function nameOf(event: DomainEvent): string {
  if ("type" in event) return event.type.slice(0, SUMMARY_MAX);
  return event.kind === "command" ? event.command.action : event.kind;
}
