import { describe, expect, test } from "vitest";
import { formatProof } from "../../cli/text/proof-text.ts";
import { formatComparison } from "../../cli/text/shadow-comparison.ts";
import { recoveryAnswer } from "../../cli/gateway/answers.ts";
import type { Paint } from "../../cli/run/shell.ts";
import { listText } from "../../cli/text/list-text.ts";
import { actedText, recoveryText } from "../../cli/text/recovery-text.ts";
import { recoveryBody } from "../../server/api/recoveries/recovery-view.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import { sampleStates } from "../../dev/model/sample-states.ts";
import type { Proof } from "../../domain/reporting/proof.ts";
import { proofBodyOf } from "../../domain/reporting/proof-body.ts";
import { createLog } from "../../platform/log.ts";
import { HOSTILE_STRINGS } from "./corpus.ts";
import { OBEYED } from "./inert.ts";
import { poisoned } from "./poisoned.ts";

const STRINGS = Object.entries(HOSTILE_STRINGS);

const proofWith = (text: string): Proof =>
  ({
    runs: 1,
    debts: [
      {
        debtId: text,
        firstFailedAt: 0,
        currency: text,
        owedMinor: 2_900,
        end: { outcome: "recovered", by: "attempt", rule: "r", reason: text, endedAt: 0 },
        collected: { amountMinor: 2_900, paymentIds: [text] },
        collectedAtDodo: { amountMinor: 0, paymentIds: [] },
        attempts: [
          {
            number: 2,
            at: 0,
            amountMinor: 2_900,
            currency: text,
            key: text,
            rule: "r",
            reason: text,
            outcome: { kind: "refused", code: text, httpStatus: 400, requestId: text },
            via: null,
            atDodo: [{ paymentId: text, dodoStatus: text }],
          },
        ],
      },
    ],
    findings: [{ kind: "not_at_dodo", detail: text }],
  }) as unknown as Proof;

const lines = (text: string): number => text.split("\n").length;

describe("a terminal obeys no text from outside", () => {
  test.each(STRINGS)("in a proof: %s", (_name, text) => {
    const shown = formatProof(proofBodyOf("sub_1", proofWith(text), 0));
    expect(OBEYED.test(shown.replaceAll("\n", ""))).toBe(false);
    expect(lines(shown)).toBe(lines(formatProof(proofBodyOf("sub_1", proofWith("x"), 0))));
  });

  test("in a comparison of shadow mode", async () => {
    const states = [...(await sampleStates()).values()].flatMap((some) => some.slice(0, 2));
    for (const [name, text] of STRINGS) {
      for (const { recovery } of states) {
        const compare = (one: string): string =>
          formatComparison({
            recovery: poisoned(recovery, one),
            actions: [
              {
                at: 0,
                kind: "charge",
                charge: { number: 2, amountMinor: 2_900, currency: one },
              },
            ],
          });
        expect(OBEYED.test(compare(text).replaceAll("\n", "")), name).toBe(false);
        expect(lines(compare(text)), name).toBe(lines(compare("x")));
      }
    }
  });
});

describe("a terminal obeys no text of a gateway", () => {
  const plain: Paint = (_style, text) => text;

  test.each(STRINGS)("in a list: %s", (_name, text) => {
    const row = {
      subscription_id: text,
      customer_id: text,
      state: text,
      outcome: null,
      decline_code: text,
      amount_due: 2_900,
      currency: text,
      next_attempt_at: text,
    };
    const shown = listText([row], plain);
    expect(OBEYED.test(shown.replaceAll("\n", ""))).toBe(false);
    expect(lines(shown)).toBe(2);
  });

  test("in a recovery", async () => {
    const states = [...(await sampleStates()).values()].flatMap((some) => some.slice(0, 1));
    expect(states.length).toBeGreaterThan(5);
    for (const [name, text] of STRINGS) {
      for (const { recovery } of states) {
        const view = { recovery, next: { at: null, what: "x" }, timeline: [] };
        const answer = recoveryAnswer.parse(recoveryBody(view as unknown as RecoveryView));
        const poisonedAnswer = recoveryAnswer.parse(poisoned(answer, text));
        const shown =
          recoveryText(poisonedAnswer, plain, { isWhole: true }) + actedText(poisonedAnswer, plain);
        expect(OBEYED.test(shown.replaceAll("\n", "")), name).toBe(false);
      }
    }
  });
});

test.each(STRINGS)(
  "a log has one line of JSON, which a terminal does not obey, for %s",
  (_name, text) => {
    const written: string[] = [];
    const log = createLog("info", "gateway", { write: (line) => written.push(line) });
    log.info({ event: "temporal", note: text, [text]: 1, nested: { text } }, text);
    const [line = "", ...more] = written;
    expect(more).toEqual([]);
    expect(line.endsWith("\n")).toBe(true);
    expect(OBEYED.test(line.slice(0, -1))).toBe(false);
    expect(JSON.parse(line)).toMatchObject({ level: "info", event: "temporal", nested: { text } });
  },
);
