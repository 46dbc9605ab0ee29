import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createDodo } from "../../dodo/adapter/create-dodo.ts";
import { DodoError } from "../../dodo/port.ts";
import { attemptKeyOf, debtIdOf } from "../../domain/values/ids.ts";
import { paymentIdOf, subscriptionIdOf } from "../support/domain/ids.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a redirect in Dodo's place", () => {
  test.each([301, 302, 303, 307, 308])(
    "of status %i is not followed: no request reaches the other server, and a charge is unknown",
    async (status) => {
      const reached: string[] = [];
      const other = await listen(
        createServer((request, response) => {
          reached.push(`${request.method} ${request.url}`);
          response.end(JSON.stringify({ items: [], payment_id: "pay_9" }));
        }),
      );
      const baseUrl = await listen(
        createServer((request, response) => {
          request.resume();
          response.writeHead(status, { location: `${other}${request.url}` }).end();
        }),
      );
      const dodo = createDodo({
        apiKey: "key",
        environment: "test_mode",
        baseUrl,
        requestTimeoutMs: 10_000,
        now: () => 0,
        fetch: globalThis.fetch,
      });
      const charge = dodo.charge({
        idempotencyKey: attemptKeyOf(debtIdOf(paymentIdOf("pay_1")), 2),
        subscriptionId: subscriptionIdOf("sub_1"),
        amountMinor: 100,
        currency: "USD",
        description: null,
        feesInclusive: null,
        credits: null,
        metadata: {},
      });
      const errors = await Promise.all([
        charge.catch((error: unknown) => error),
        dodo.checkKey().catch((error: unknown) => error),
      ]);
      expect(reached).toEqual([]);
      for (const error of errors) expect(error).toBeInstanceOf(DodoError);
      expect((errors[0] as DodoError).failure).toMatchObject({ kind: "unknown" });
    },
  );
});
