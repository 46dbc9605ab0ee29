import { describe, expect, test } from "vitest";
import {
  paymentReported,
  subscriptionReported,
  unattributedPayment,
} from "../../dev/model/events.ts";
import { paymentStatus } from "../../dodo/statuses.ts";
import { Inbox, MERGE_ABOVE } from "../../domain/inbox.ts";
import type { DomainEvent } from "../../domain/state/event.ts";

let webhooks = 0;

const webhook = (status: string, webhookId = `msg_${(webhooks += 1)}`): DomainEvent =>
  ({ ...subscriptionReported("subscription.updated", status), webhookId }) as DomainEvent;

const NOTIFIED: DomainEvent = {
  kind: "operator_notified",
  effectId: "e1" as never,
  delivered: true,
};

function inboxOf(events: readonly DomainEvent[]): Inbox {
  const inbox = new Inbox({ seenWebhookIds: [] });
  for (const event of events) inbox.push(event);
  return inbox;
}

describe("the inbox", () => {
  test("keeps every event in the order of arrival while few wait", () => {
    const events = Array.from({ length: MERGE_ABOVE }, () => webhook("on_hold"));
    expect(inboxOf(events).waiting(true, false).events).toEqual(events);
  });

  test("has a flood of webhooks that say the same decided on once, and names each of them", () => {
    const flood = Array.from({ length: 5_000 }, () => webhook("on_hold"));
    const { events, ids } = inboxOf(flood).waiting(true, false);
    expect(events).toEqual([flood.at(-1)]);
    expect(ids).toHaveLength(5_000);
  });

  test("keeps each payment status, command and outcome in a flood", () => {
    const flood = Array.from({ length: MERGE_ABOVE }, () => webhook("on_hold"));
    const others: DomainEvent[] = [
      {
        ...paymentReported(unattributedPayment(0, paymentStatus("processing"))),
        webhookId: "a",
      } as DomainEvent,
      {
        ...paymentReported(unattributedPayment(0, paymentStatus("failed"))),
        webhookId: "b",
      } as DomainEvent,
      { kind: "command", commandId: "c", command: { action: "pause", by: "anna", note: "" } },
      NOTIFIED,
      { kind: "operator_notified", effectId: "e2" as never, delivered: true },
      { kind: "cancel_requested" },
      webhook("active"),
    ];
    const last = webhook("on_hold");
    expect(inboxOf([...flood, ...others, last]).waiting(true, false).events).toEqual([
      ...others,
      last,
    ]);
  });

  test("leaves webhooks waiting when asked to, says so, and hands them on", () => {
    const [held, active] = [webhook("on_hold"), webhook("active")];
    const inbox = inboxOf([held, NOTIFIED, active]);
    expect(inbox.onlyWebhooks()).toBeNull();
    expect(inbox.has(false)).toBe(true);
    expect(inbox.waiting(false, true)).toMatchObject({
      events: [NOTIFIED],
      ids: ["e1"],
      isDue: true,
      isAll: false,
    });
    inbox.remove(["e1"]);
    expect(inbox.has(false)).toBe(false);
    expect(inbox.onlyWebhooks()).toEqual([held, active]);
  });

  test("ignores a webhook that was here before, also in an earlier run, until two hundred others have come", () => {
    const inbox = new Inbox({ webhooks: [webhook("on_hold", "b")], seenWebhookIds: ["a", "b"] });
    for (const id of ["a", "b", "c", "c"]) inbox.push(webhook("on_hold", id));
    expect(inbox.waiting(true, false).ids).toEqual(["b", "c"]);
    expect(inbox.seenWebhookIds).toEqual(["a", "b", "c"]);
    for (let count = 0; count < 198; count += 1) inbox.push(webhook("on_hold"));
    inbox.push(webhook("on_hold", "a"));
    expect(inbox.waiting(true, false).ids.filter((id) => id === "a")).toEqual(["a"]);
  });

  test("knows when an event arrived", () => {
    const inbox = inboxOf([]);
    inbox.push(NOTIFIED, 7);
    inbox.push(webhook("on_hold"));
    expect(inbox.waiting(true, false).arrivedAt).toEqual([7, null]);
    expect(inbox.deferred(["e1" as never])).toMatchObject({ events: [NOTIFIED], arrivedAt: [7] });
  });

  test("drops an event that arrives after its recorded decision, as at replay", () => {
    const inbox = inboxOf([NOTIFIED]);
    inbox.remove(["e1", "late", "cancel_requested"]);
    inbox.push(webhook("on_hold", "late"));
    inbox.push({ kind: "cancel_requested" });
    expect(inbox.has(true)).toBe(false);
    inbox.push({ kind: "cancel_requested" });
    expect(inbox.has(true)).toBe(true);
  });
});
