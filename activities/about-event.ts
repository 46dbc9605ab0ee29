import type { DomainEvent } from "../domain/state/event.ts";

/** What a decision's line says of its event, so that the line is found by the webhook or by the operator's request. */
export type AboutEvent = {
  readonly on: string;
  readonly webhookId?: string;
  readonly requestId?: string;
  readonly action?: string;
  readonly by?: string;
};

export function aboutEvent(event: DomainEvent): AboutEvent {
  const on = event.kind;
  if ("webhookId" in event) return { on, webhookId: event.webhookId };
  if (event.kind !== "command") return { on };
  const { commandId: requestId, command } = event;
  const { action } = command;
  return { on, requestId, action, ...("by" in command ? { by: command.by } : {}) };
}
