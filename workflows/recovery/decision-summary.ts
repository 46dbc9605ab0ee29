import { workflowInfo } from "@temporalio/workflow";
import { decideEach } from "../../domain/fold.ts";
import type { Waiting } from "../../domain/inbox.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import { summary, summaryOfEnd } from "../shared/markdown.ts";

/**
 * What is about to be decided, as the Temporal Web UI shows it beside the decision. Temporal takes a summary only when an
 * activity is scheduled, so the rules run here once more, for these words alone: nothing else depends on them, and they are
 * not computed at replay.
 */
export function decisionSummary(recovery: Recovery, waiting: Waiting, at: Instant): string {
  const name = waiting.events.map(nameOf).join(", ") || "timer_fired";
  const { policy, mode } = recovery;
  if (workflowInfo().unsafe.isReplaying || policy === null || mode === null) return summary(name);
  try {
    const decided = decideEach(recovery, waiting, { policy, mode }, at).map((one) => one.decision);
    const reasons = decided.map(({ reason }) => reason).join("; ");
    return summaryOfEnd(`${decided.at(-1)?.rule}: `, reasons);
  } catch {
    // The decision itself fails too, and shows why.
    return summary(name);
  }
}

function nameOf(event: DomainEvent): string {
  if ("type" in event) return event.type;
  return event.kind === "command" ? event.command.action : event.kind;
}
