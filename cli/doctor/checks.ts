import type { CheckGroup } from "./check.ts";
import { businessCheck } from "./account/business.ts";
import { dodoClockCheck } from "./account/clock.ts";
import { endpointCheck, eventsCheck, secretCheck } from "./account/endpoint.ts";
import { keyCheck, modeCheck } from "./account/key.ts";
import { rightsCheck } from "./account/rights.ts";
import { readyCheck, roundTripCheck } from "./gateway/gateway.ts";
import { outgoingWebhookCheck } from "./gateway/outgoing-webhook.ts";
import { operatorMailCheck, senderCheck, smtpCheck, testMailCheck } from "./mail/mail.ts";
import {
  brandCheck,
  linksCheck,
  operatorKeysCheck,
  policyCheck,
  versionsCheck,
} from "./set-up/set-up.ts";
import { variablesCheck } from "./set-up/variables.ts";
import { attributesCheck } from "./temporal/attributes.ts";
import { connectionCheck, namespaceCheck, retentionCheck } from "./temporal/connection.ts";
import {
  chargingCheck,
  fairnessCheck,
  pollersCheck,
  temporalClockCheck,
} from "./temporal/queues.ts";
import { scheduleCheck } from "./temporal/schedule.ts";
import { stuckTasksCheck } from "./temporal/stuck-tasks.ts";
import { webUiCheck } from "./temporal/web-ui.ts";

/** Every check, in the order of its line. A new one needs a line here and in docs/OPERATING.md. */
export const CHECK_GROUPS: readonly CheckGroup[] = [
  {
    title: "Set-up",
    checks: [versionsCheck, variablesCheck, policyCheck, brandCheck, linksCheck, operatorKeysCheck],
  },
  {
    title: "Dodo",
    checks: [
      keyCheck,
      modeCheck,
      rightsCheck,
      businessCheck,
      endpointCheck,
      eventsCheck,
      secretCheck,
      dodoClockCheck,
    ],
  },
  { title: "Gateway", checks: [readyCheck, roundTripCheck, outgoingWebhookCheck] },
  {
    title: "Temporal",
    checks: [
      connectionCheck,
      namespaceCheck,
      retentionCheck,
      attributesCheck,
      pollersCheck,
      scheduleCheck,
      stuckTasksCheck,
      chargingCheck,
      fairnessCheck,
      temporalClockCheck,
      webUiCheck,
    ],
  },
  { title: "Mail", checks: [smtpCheck, senderCheck, operatorMailCheck, testMailCheck] },
];
