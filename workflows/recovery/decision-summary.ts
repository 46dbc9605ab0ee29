import { workflowInfo } from "@temporalio/workflow";
import { decide } from "../../domain/decide.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import { summary, summaryOfEnd } from "../shared/markdown.ts";

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
    return summaryOfEnd(`${rule}: `, reason);
  } catch {
    // The decision itself fails too, and shows why.
    return name;
  }
}

function nameOf(event: DomainEvent): string {
  if ("type" in event) return summary(event.type);
  return event.kind === "command" ? event.command.action : event.kind;
}
