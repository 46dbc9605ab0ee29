import { describe, expect, test } from "vitest";
import { readGatewayConfig } from "../../config/gateway.ts";
import { clientOf, prefixOf, type TrustProxy } from "../../server/client-address.ts";
import { buildTestGateway } from "../support/system/gateway.ts";
import { WEBHOOK_KEY } from "../support/webhooks.ts";

/** How many of 601 requests without a key are refused by the limit. */
async function refused(
  trustProxy: TrustProxy,
  forwardedFor: (request: number) => string,
): Promise<number> {
  const app = buildTestGateway(null, "nowhere", [], undefined, null, undefined, { trustProxy });
  let count = 0;
  for (let request = 0; request < 601; request += 1) {
    const headers = { "x-forwarded-for": forwardedFor(request) };
    const { statusCode } = await app.inject({ url: "/v1/recoveries", headers });
    if (statusCode === 429) count += 1;
  }
  await app.close();
  return count;
}

const oneEach = (request: number): string => `198.51.${request >> 8}.${request & 255}`;

describe("the limit of requests without a key", () => {
  test("counts the connection, whatever X-Forwarded-For says, unless a proxy is trusted", async () => {
    expect(await refused(false, oneEach)).toBe(1);
    expect(await refused(["10.0.0.0/8"], oneEach)).toBe(1);
  });

  test("counts the senders behind a trusted proxy, and not the proxy", async () => {
    expect(await refused(["127.0.0.1"], oneEach)).toBe(0);
    expect(await refused(1, oneEach)).toBe(0);
    expect(await refused(["127.0.0.1"], () => "198.51.100.7")).toBe(1);
  });

  test("counts what the proxy has added, and not what the sender has written before it", async () => {
    expect(await refused(["127.0.0.1"], (at) => `${oneEach(at)}, 198.51.100.7`)).toBe(1);
    expect(await refused(1, (at) => `${oneEach(at)}, 198.51.100.7`)).toBe(1);
  });

  test("counts the addresses of one IPv6 network as one sender", async () => {
    expect(await refused(["127.0.0.1"], (at) => `2001:db8:0:1::${at.toString(16)}`)).toBe(1);
    expect(await refused(["127.0.0.1"], (at) => `2001:db8:0:${at.toString(16)}::1`)).toBe(0);
  });
});

describe("a sender", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:0DB8:0000::0001", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["no address", "no address"],
  ])("with the address %s counts as %s", (address, expected) => {
    expect(prefixOf(address)).toBe(expected);
  });

  test("whose forwarded address is none counts by its connection", () => {
    const socket = { remoteAddress: "192.0.2.9" } as Parameters<typeof clientOf>[0]["socket"];
    expect(clientOf({ ip: "x".repeat(10_000), socket })).toBe("192.0.2.9");
  });
});

describe("TRUST_PROXY", () => {
  const read = (value?: string): unknown =>
    readGatewayConfig({
      DODO_PAYMENTS_WEBHOOK_KEY: WEBHOOK_KEY,
      LINK_SIGNING_KEYS: Buffer.alloc(32, 5).toString("base64"),
      ...(value === undefined ? {} : { TRUST_PROXY: value }),
    }).trustProxy;

  test("is off by default, and takes addresses, networks, or a number of proxies", () => {
    expect(read()).toBe(false);
    expect(read("127.0.0.1, ::1,10.0.0.0/8")).toEqual(["127.0.0.1", "::1", "10.0.0.0/8"]);
    expect(read("2")).toBe(2);
  });

  test.each(["true", "*", "0", "11", "0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy.example", "1,2"])(
    "refuses %s",
    (value) => {
      expect(() => read(value)).toThrow("TRUST_PROXY: expected");
    },
  );
});
