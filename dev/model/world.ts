import type { ChargeInput } from "../../activities/charge/charge-input.ts";
import type { ChargeClock } from "../../activities/charge/charge.ts";
import type { EarlierRunsReader } from "../../activities/evidence/read-dodo.ts";
import type { ImportActivities } from "../../activities/import/import.ts";
import type { Activities } from "../../activities/index.ts";
import { type Mail, MailNotSentError, type MailOutcome } from "../../activities/mail/mailer.ts";
import { DodoError, type RecoveryPort } from "../../dodo/port.ts";
import { readWebhook, translateWebhook } from "../../dodo/webhook-events.ts";
import { type RecoveryResult, resultOf } from "../../domain/debt/result.ts";
import { decide } from "../../domain/decide.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { decideEach, joined } from "../../domain/fold.ts";
import type { Policy } from "../../domain/policy.ts";
import { initialLoopState, type LoopEnvironment, recover } from "../../domain/recover.ts";
import type { Alert } from "../../domain/state/alert.ts";
import type { Command, CommandReply } from "../../domain/state/command.ts";
import type { EndedDebt } from "../../domain/state/debt.ts";
import type { ChargeOutcome, ChargeRequested, DomainEvent } from "../../domain/state/event.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import type { Publication } from "../../domain/state/publication.ts";
import { newRecovery, type Recovery } from "../../domain/state/recovery.ts";
import type { RequestedChargeStatus } from "../../domain/state/requested-charge.ts";
import { type EffectId, parseSubscriptionId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import {
  cancelInputOf,
  chargeInputOf,
  noticeInputOf,
  paymentLinkInputOf,
  readInputOf,
} from "../../workflows/recovery/activity-inputs.ts";
import { MAIL_PATIENCE_MS } from "../../workflows/shared/retries.ts";
import { modelActivities, type RecentNotices } from "./activities.ts";
import type { Body } from "./bodies.ts";
import type { ModelDodo } from "./dodo.ts";
import { DECISIONS_MAX, RETRIES_MAX } from "./runs/limits.ts";
import { importActivitiesOf } from "./runs/import-activities.ts";
import { modelPort } from "./port.ts";
import { emptyRecording, recorded, type Recording, throughHistory } from "./recording.ts";
import { type RecordedDecision, type RecordedMail, type SentWebhook } from "./runs/records.ts";
import { earlierRunsOf, NEVER, recordOf, Run } from "./runs/run.ts";
import type { Timeline } from "./timeline.ts";

/**
 * The recoveries of one subscription, without Temporal and HTTP. The loop, the rules, the activities and the translation
 * of webhooks are the product's own; Dodo and time are models.
 */
export class ModelWorld {
  readonly decisions: RecordedDecision[] = [];
  readonly mails: RecordedMail[] = [];
  /** The outgoing webhooks, in order. */
  readonly published: Publication[] = [];
  /** Whether a URL for outgoing webhooks is configured. */
  publishes = false;
  onPublished: (publications: readonly Publication[]) => void = () => undefined;
  /** Whether Temporal accepts outgoing webhooks for delivery. */
  enqueuesDeliveries = true;
  /** The reported statuses of requested charges, in order. */
  readonly chargeStatuses: RequestedChargeStatus[] = [];
  readonly alerts: (Alert & { readonly at: Instant })[] = [];
  readonly replies = new Map<string, CommandReply>();
  readonly results: RecoveryResult[] = [];
  /** When each run began and ended; null while it is open. */
  readonly runs: { readonly openedAt: Instant; endedAt: Instant | null }[] = [];
  /** All webhooks that Dodo sent, lost ones included. */
  readonly webhooks: SentWebhook[] = [];
  readonly errors: unknown[] = [];
  /** How a webhook of this type arrives: once after each delay in milliseconds; null loses it. */
  deliver: (type: string) => readonly number[] | null = () => [1_000];
  /** The mail server. */
  mailer: (mail: Mail) => Promise<MailOutcome> = async (mail) =>
    await Promise.resolve({ kind: "sent", messageId: mail.key });
  /** The activities' port to Dodo; by default straight to the model. */
  api: RecoveryPort;
  /** The workers' clocks. */
  clock: ChargeClock;
  /** How long a worker takes to decide, in milliseconds. */
  decisionMs: (() => number) | null = null;
  /** The rules; replace them to model another release. */
  decide = decide;
  /** A recording of each run; null turns recording off. */
  recordings: Recording[] | null = null;
  /** Called as each charge activity begins. */
  onCharge: () => void = () => undefined;
  /** Runs the next charge activity as if its worker crashed: rejects once Temporal would notice. */
  killCharge: ((run: () => Promise<unknown>) => Promise<never>) | null = null;
  readonly mode: Mode;
  readonly #timeline: Timeline;
  readonly #dodo: ModelDodo;
  readonly #policy: () => Policy;
  readonly #activities = new Map<Run, Activities>();
  readonly #recentNotices: RecentNotices = new Map();
  #run: Run | null = null;
  readonly #stopped: Run[] = [];
  #sequence = 0;

  constructor(timeline: Timeline, dodo: ModelDodo, policy: () => Policy, mode: Mode = "act") {
    this.mode = mode;
    this.#timeline = timeline;
    this.#dodo = dodo;
    this.#policy = policy;
    this.api = modelPort(dodo, timeline.now);
    this.clock = { now: timeline.now, monotonicMs: timeline.now };
    dodo.onEvent = (type, data) => this.#send(type, data);
  }

  get recovery(): Recovery | null {
    return this.#run?.loop.state.recovery ?? null;
  }

  /** When runs were terminated or reset. */
  get stoppedAt(): Instant[] {
    return this.#stopped.map(({ stoppedAt }) => stoppedAt ?? 0);
  }

  /** The debts that stopped runs had ended. Such runs have no result. */
  get endedByStopped(): EndedDebt[] {
    return this.#stopped.flatMap(({ loop }) => loop.state.recovery.ended);
  }

  /** The newest run was terminated. */
  get isStopped(): boolean {
    return this.#run?.stoppedAt != null;
  }

  get isOpen(): boolean {
    return this.#run !== null && !this.#run.isOver;
  }

  /** Sends a webhook; its body has the latest state at delivery. @source docs/dodo/webhooks.md, "The body is the latest state" */
  #send(type: string, data: () => Body): void {
    this.#sequence += 1;
    const delays = this.deliver(type);
    const webhook = { type, data, webhookId: `msg_${this.#sequence}`, isLost: delays === null };
    this.webhooks.push(webhook);
    for (const delay of delays ?? []) this.resend(webhook, delay);
  }

  /** Delivers a webhook again under its id, with Dodo's latest state. */
  resend({ type, data, webhookId }: SentWebhook, delay = 1_000): void {
    this.#timeline.at(this.#timeline.now() + delay, () => this.receive(type, data(), webhookId));
  }

  receive(type: string, data: Body, webhookId: string): void {
    const timestamp = new Date(this.#timeline.now()).toISOString();
    const body = Buffer.from(JSON.stringify({ type, timestamp, data }));
    const translation = translateWebhook(readWebhook(body), webhookId, this.#timeline.now());
    if (translation.kind !== "routed") return;
    for (const { event, opens, subscriptionId } of translation.routed) {
      if (subscriptionId !== this.#dodo.subscriptionId) continue;
      if (opens) this.open(event);
      else this.push(event);
    }
  }

  /** Gives the event to the open recovery, and opens one if there is none. */
  open(event: DomainEvent): void {
    if (!this.isOpen) this.#start();
    this.push(event);
  }

  push(event: DomainEvent): void {
    this.#run?.push(event);
  }

  /** Temporal's Terminate: the run stops at once, and what it has started at Dodo goes on. */
  terminate(): void {
    const run = this.#run;
    if (run === null || run.isOver) return;
    run.stop(this.#timeline.now());
    this.#stopped.push(run);
    const recording = this.recordings?.at(-1);
    if (recording !== undefined) recording.isStopped = true;
  }

  /**
   * Temporal's Reset of the open run, to its last decision before `instant`.
   * @returns false where it has none
   */
  reset(instant: Instant): boolean {
    const now = this.#timeline.now();
    const reset = this.isOpen ? (this.#run?.resetTo(instant, now) ?? null) : null;
    if (reset === null) return false;
    this.terminate();
    this.#begin(reset.run);
    for (const { effect, recovery } of reset.restarted) this.#perform(reset.run, effect, recovery);
    return true;
  }

  /** The activities of an import, which opens this recovery. */
  importing(): ImportActivities {
    return importActivitiesOf(this, this.#policy(), earlierRunsOf(this.results, this.#stopped));
  }

  requestCharge(event: ChargeRequested): void {
    this.open(event);
  }

  command(command: Command): string {
    this.#sequence += 1;
    const commandId = `cmd_${this.#sequence}`;
    this.push({ kind: "command", commandId, command });
    return commandId;
  }

  #start(): void {
    const subscriptionId = parseSubscriptionId(this.#dodo.subscriptionId);
    if (subscriptionId === null) throw new Error("not a subscription id");
    const now = this.#timeline.now();
    this.#begin(new Run(initialLoopState(newRecovery(subscriptionId, now)), now));
  }

  #begin(run: Run): void {
    const { loop, record } = run;
    this.#run = run;
    this.runs.push(record);
    const environment = this.#environmentOf(run);
    const recording = emptyRecording(loop.state, run.inbox.content());
    this.recordings?.push(recording);
    run.onArrival = (event) => recording.arrivals.push(event);
    recover(loop, this.recordings === null ? environment : recorded(environment, recording)).then(
      (ending) => {
        run.isOver = true;
        record.endedAt = this.#timeline.now();
        if (ending === "ended") this.results.push(resultOf(loop.state.recovery));
      },
      (error: unknown) => this.errors.push(error),
    );
  }

  #environmentOf(run: Run): LoopEnvironment {
    const timeline = this.#timeline;
    return {
      now: timeline.now,
      inbox: run.inbox,
      isQuiet: async () => await Promise.resolve(!run.inbox.has(true)),
      wait: (wakeAt, _waitingFor, isReady) => run.wait(wakeAt, isReady, timeline),
      decide: async (recovery, waiting, now) => {
        if (this.decisions.length > DECISIONS_MAX) throw new Error("the loop does not end");
        const inForce = { policy: this.#policy(), mode: this.mode, publishes: this.publishes };
        const decided = decideEach(recovery, waiting, inForce, now, this.decide);
        this.decisions.push(...decided.map((one) => recordOf(one, now)));
        const decision = throughHistory(joined(decided, waiting, now));
        if (this.decisionMs !== null) await this.#timeline.pass(this.decisionMs());
        return run.isOver ? await NEVER : decision;
      },
      perform: (effect, recovery) => this.#perform(run, effect, recovery),
      show: () => undefined,
      allCommandsAnswered: () => true,
      untilCommandsAnswered: async () => await Promise.resolve(),
      isHistoryLong: () => false,
    };
  }

  #perform(run: Run, effect: Effect, recovery: Recovery): void {
    if (effect.kind === "reply") {
      // After a reset a command is answered once more: what was done stays done.
      if (this.replies.get(effect.commandId)?.ok !== true)
        this.replies.set(effect.commandId, effect.reply);
      return;
    }
    if (effect.kind === "withdraw_charge") return;
    run.effects.set(effect.id, { effect, recovery });
    void this.#performWithRetries(run, effect, recovery);
  }

  /** Retries an activity that throws with exponential backoff, as Temporal does. Charges and payment links never throw. */
  async #performWithRetries(
    run: Run,
    effect: Exclude<Effect, { kind: "reply" | "withdraw_charge" }>,
    recovery: Recovery,
  ): Promise<void> {
    const latest = this.#timeline.now() + MAIL_PATIENCE_MS;
    const giveUpAt = effect.kind === "notice" ? (effect.giveUpAt ?? latest) : latest;
    const retriedUntil = Math.min(giveUpAt, latest);
    for (let tries = 0; tries < RETRIES_MAX; tries += 1) {
      // Temporal starts no activity of a stopped run.
      if (run.isOver) return;
      try {
        run.push(await this.#outcomeOf(run, effect, recovery));
        return;
      } catch (error) {
        if (!(error instanceof DodoError || error instanceof MailNotSentError)) {
          this.errors.push(error);
          return;
        }
        const waitMs = Math.min(1_000 * 2 ** tries, 600_000);
        const leftMs = retriedUntil - this.#timeline.now();
        if (effect.kind === "notice" && waitMs >= leftMs) {
          await this.#timeline.pass(Math.max(leftMs, 0));
          const outcome = { kind: "unsent", detail: error.message } as const;
          run.push({ kind: "notice_finished", effectId: effect.id, outcome });
          return;
        }
        await this.#timeline.pass(waitMs);
      }
    }
  }

  async #outcomeOf(
    run: Run,
    effect: Exclude<Effect, { kind: "reply" | "withdraw_charge" }>,
    recovery: Recovery,
  ): Promise<DomainEvent> {
    const at = this.#timeline.now();
    const effectId = effect.id;
    // The time until a worker picks the task up.
    await this.#timeline.pass(50);
    if (run.isOver) return await NEVER;
    switch (effect.kind) {
      case "read": {
        const outcome = await this.#activitiesOf(run).readDodo(readInputOf(effect, recovery, at));
        return { kind: "read_finished", effectId, outcome };
      }
      case "charge":
        return await this.#charge(run, effectId, chargeInputOf(effect, recovery, at));
      case "notice": {
        const outcome = await this.#activitiesOf(run).sendNotice(
          noticeInputOf(effect, recovery, at),
        );
        return { kind: "notice_finished", effectId, outcome };
      }
      case "payment_link": {
        const input = paymentLinkInputOf(effect, recovery, at);
        const outcome = await this.#activitiesOf(run).createPaymentLink(input);
        if (!run.isOver) run.pages.push({ outcome, at: this.#timeline.now() });
        return { kind: "payment_link_finished", effectId, outcome };
      }
      case "cancel": {
        const outcome = await this.#activitiesOf(run).cancelSubscription(
          cancelInputOf(recovery, at),
        );
        return { kind: "cancel_finished", effectId, outcome };
      }
      case "notify_operator":
        this.alerts.push({ ...effect.alert, at });
        return { kind: "operator_notified", effectId, delivered: true };
      case "publish":
        if (this.enqueuesDeliveries) {
          this.published.push(...effect.publications);
          this.onPublished(effect.publications);
        }
        return { kind: "published", effectId, enqueued: this.enqueuesDeliveries };
      case "report_charge_status":
        this.chargeStatuses.push(effect.status);
        return { kind: "charge_status_reported", effectId, delivered: true };
    }
  }

  async #charge(run: Run, effectId: EffectId, input: ChargeInput): Promise<DomainEvent> {
    const sent = { input, outcome: null as ChargeOutcome | null, endedAt: null as Instant | null };
    run.charges.push(sent);
    const outcome = await this.#outcomeOfCharge(run, input);
    // A stopped run does not learn the outcome.
    if (!run.isOver) Object.assign(sent, { outcome, endedAt: this.#timeline.now() });
    return { kind: "charge_finished", effectId, outcome };
  }

  async #outcomeOfCharge(run: Run, input: ChargeInput): Promise<ChargeOutcome> {
    this.onCharge();
    const activities = this.#activitiesOf(run);
    const charge = async (): Promise<ChargeOutcome> => await activities.charge(input);
    if (this.killCharge === null) return await charge();
    const kill = this.killCharge;
    this.killCharge = null;
    try {
      return await kill(charge);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { kind: "unknown", detail, sentNoLaterThan: this.#timeline.now() + 10_000 };
    }
  }

  /** The activities of one run, which reads all other runs. */
  #activitiesOf(run: Run): Activities {
    const known = this.#activities.get(run);
    if (known !== undefined) return known;
    const others = (): Run[] => this.#stopped.filter((stopped) => stopped !== run);
    const readEarlierRuns: EarlierRunsReader = async () =>
      await Promise.resolve(earlierRunsOf(this.results, others()));
    const send = async (mail: Mail): Promise<MailOutcome> => {
      const outcome = await this.mailer(mail);
      if (outcome.kind === "sent") this.mails.push({ ...mail, at: this.#timeline.now() });
      return outcome;
    };
    const activities = modelActivities({
      dodo: this.api,
      clock: { now: () => this.clock.now(), monotonicMs: () => this.clock.monotonicMs() },
      send,
      policy: this.#policy(),
      mode: this.mode,
      publishes: this.publishes,
      readEarlierRuns,
      recentNotices: this.#recentNotices,
    });
    this.#activities.set(run, activities);
    return activities;
  }
}
