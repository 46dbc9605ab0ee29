import { describe, expect, test } from "vitest";
import { foreignPayment, paymentReported, subscriptionReported } from "../../dev/model/events.ts";
import { paymentStatus } from "../../dodo/statuses.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import { createInbox, INBOX_ROOMY } from "../../workflows/recovery/inbox.ts";

const hint = (status: string): DomainEvent => subscriptionReported("subscription.updated", status);

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
  test("keeps every event in its order while there is room", () => {
    const events = Array.from({ length: INBOX_ROOMY }, () => hint("on_hold"));
    expect(takeAll(events)).toEqual(events);
  });

  test("a flood of the same hint takes no more room", () => {
    const flood = Array.from({ length: 5_000 }, () => hint("on_hold"));
    expect(takeAll(flood).length).toBeLessThanOrEqual(INBOX_ROOMY);
  });

  test("in a flood each payment's status, each command and each outcome is kept", () => {
    const flood = Array.from({ length: INBOX_ROOMY }, () => hint("on_hold"));
    const others: DomainEvent[] = [
      paymentReported(foreignPayment(0, paymentStatus("processing"))),
      paymentReported(foreignPayment(0, paymentStatus("failed"))),
      { kind: "command", commandId: "c", command: { action: "pause", by: "anna", note: "" } },
      { kind: "operator_notified", effectId: "e1" as never, delivered: true },
      { kind: "operator_notified", effectId: "e2" as never, delivered: true },
      { kind: "cancel_requested" },
      hint("active"),
    ];
    const taken = takeAll([...flood, ...others, hint("on_hold")]);
    expect(taken).toEqual([...others, hint("on_hold")]);
  });

  test("gives what is no hint first, where hints are to wait, and hands the hints on", () => {
    const inbox = createInbox([hint("on_hold")]);
    inbox.push({ kind: "operator_notified", effectId: "e1" as never, delivered: true });
    inbox.push(hint("active"));
    expect(inbox.hintsOnly()).toBeNull();
    expect(inbox.has(false)).toBe(true);
    expect(inbox.take(false)).toMatchObject({ kind: "operator_notified" });
    expect(inbox.take(false)).toBeUndefined();
    expect(inbox.hintsOnly()).toEqual([hint("on_hold"), hint("active")]);
  });
});
