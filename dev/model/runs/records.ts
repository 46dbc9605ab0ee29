import type { Mail } from "../../../activities/mail/mailer.ts";
import type { Decision } from "../../../domain/decision/decision.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import type { Instant } from "../../../domain/values/time.ts";
import type { Body } from "../bodies.ts";

export type RecordedDecision = {
  readonly at: Instant;
  readonly event: DomainEvent;
  readonly decision: Decision;
  readonly recovery: Recovery;
};

export type SentWebhook = {
  readonly type: string;
  readonly data: () => Body;
  readonly webhookId: string;
  readonly isLost: boolean;
};

export type RecordedMail = Mail & { readonly at: Instant };
