import { describe, expect, test } from "vitest";
import {
  paymentReported,
  subscriptionReported,
  unattributedPayment,
} from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import { createInbox, MERGE_ABOVE } from "../../../workflows/recovery/inbox.ts";

const webhook = (status: string): DomainEvent =>
  subscriptionReported("subscription.updated", status);

function takeAll(events: readonly DomainEvent[]): DomainEvent[] {
  const inbox = createInbox();
  for (const event of events) inbox.push(event);
  const taken: DomainEvent[] = [];
  while (!inbox.isEmpty()) {
    const event = inbox.take(true);
    if (event !== undefined) taken.push(event);
  }
  return taken;
}

describe("the inbox", () => {
  test("keeps every event in order while few wait", () => {
    const events = Array.from({ length: MERGE_ABOVE }, () => webhook("on_hold"));
    expect(takeAll(events)).toEqual(events);
  });

  test("merges a flood of webhooks that say the same", () => {
    const flood = Array.from({ length: 5_000 }, () => webhook("on_hold"));
    expect(takeAll(flood).length).toBeLessThanOrEqual(MERGE_ABOVE);
  });

  test("keeps each payment status, command and outcome in a flood", () => {
    const flood = Array.from({ length: MERGE_ABOVE }, () => webhook("on_hold"));
    const others: DomainEvent[] = [
      paymentReported(unattributedPayment(0, paymentStatus("processing"))),
      paymentReported(unattributedPayment(0, paymentStatus("failed"))),
      { kind: "command", commandId: "c", command: { action: "pause", by: "anna", note: "" } },
      { kind: "operator_notified", effectId: "e1" as never, delivered: true },
      { kind: "operator_notified", effectId: "e2" as never, delivered: true },
      { kind: "cancel_requested" },
      webhook("active"),
    ];
    const taken = takeAll([...flood, ...others, webhook("on_hold")]);
    expect(taken).toEqual([...others, webhook("on_hold")]);
  });

  test("leaves webhooks waiting when asked to, and hands them on", () => {
    const inbox = createInbox([webhook("on_hold")]);
    inbox.push({ kind: "operator_notified", effectId: "e1" as never, delivered: true });
    inbox.push(webhook("active"));
    expect(inbox.onlyWebhooks()).toBeNull();
    expect(inbox.has(false)).toBe(true);
    expect(inbox.take(false)).toMatchObject({ kind: "operator_notified" });
    expect(inbox.take(false)).toBeUndefined();
    expect(inbox.onlyWebhooks()).toEqual([webhook("on_hold"), webhook("active")]);
  });
});
