import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type CommandResult, reprise } from "../support/command-line.ts";

const SECRET = "a-secret-of-more-than-thirty-two-characters";

let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function listen(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

/** A gateway, or another server, with one answer to everything. */
const answering =
  (status: number, type: string, body: string, headers: Record<string, string> = {}) =>
  (...[_request, response]: Parameters<RequestListener>): void => {
    response.writeHead(status, { "content-type": type, ...headers }).end(body);
  };

const problem = (status: number, code: string, detail = "why", more = {}): RequestListener =>
  answering(status, "application/problem+json", JSON.stringify({ status, code, detail, ...more }));

async function ask(url: string, ...args: readonly string[]): Promise<CommandResult> {
  return await reprise(args, { env: { REPRISE_URL: url, REPRISE_API_KEY: SECRET } });
}

const HTML = "<!doctype html><title>Sign in</title>";

describe("a gateway that cannot be used", () => {
  test.each([
    ["an HTML page", answering(200, "text/html", HTML), 78, "answered no JSON"],
    ["a sign-in page", answering(403, "text/html", HTML), 78, "answered HTTP 403"],
    [
      "a redirect",
      answering(302, "text/html", "", { location: "https://login.example/" }),
      78,
      "leads to https://login.example/",
    ],
    ["other JSON", answering(200, "application/json", '{"ok":true}'), 78, "other JSON"],
    ["a proxy's error page", answering(502, "text/html", HTML), 69, "HTTP 502"],
    ["an unknown key", problem(401, "unauthorized"), 78, "does not know this key"],
    ["no operator API", problem(404, "no_route"), 78, "until OPERATOR_API_KEYS is set"],
    ["Temporal away", problem(503, "unavailable", "Temporal did not answer."), 69, "Temporal did"],
    ["too many requests", problem(429, "too_many_requests"), 69, "in a minute"],
    ["a bug", problem(500, "internal_error", "See the log."), 69, "See the log."],
    ["a refusal", problem(409, "not_applicable", "no"), 1, "reprise: no"],
    [
      "a request that it does not understand",
      problem(422, "invalid_request", "no", { errors: [{ path: "/note", message: "too long" }] }),
      2,
      "note: too long",
    ],
  ] as const)(
    "a gateway that answers with %s gives its exit code and says what to do",
    async (_what, answer, code, says) => {
      const result = await ask(await listen(answer), "show", "sub_1");
      expect(result).toMatchObject({ code, out: "" });
      expect(result.err).toContain(says);
      expect(result.err).not.toContain(SECRET);
      const json = await ask(await listen(answer), "show", "sub_1", "--json");
      expect(JSON.parse(json.err)).toMatchObject({ error: { exit_code: code } });
    },
  );

  test("that nothing listens on is unreachable, and the message names its address", async () => {
    const url = await listen(problem(500, "x"));
    await new Promise((resolve) => server?.close(resolve));
    const { code, err } = await ask(url, "list");
    expect(code).toBe(69);
    expect(err).toContain(`Cannot reach the gateway at ${url}: nothing listens there.`);
    expect(err).toContain("REPRISE_URL");
  });

  test.each([
    ["answers nothing", () => undefined],
    [
      "does not end its answer",
      (...[, response]: Parameters<RequestListener>) => void response.write("{"),
    ],
  ])("that %s is given up after the time limit", async (_what, answer) => {
    const result = await ask(await listen(answer), "list", "--timeout", "1s");
    expect(result.code).toBe(69);
    expect(result.err).toContain("no whole answer within 1 s");
  });

  test("that takes an action and does not answer leaves it open whether it took effect", async () => {
    const url = await listen(({ socket }) => socket.destroy());
    const { code, err } = await ask(url, "pause", "sub_1");
    expect(code).toBe(69);
    expect(err).toContain("It may have taken effect. See what it did: reprise show sub_1");
    const read = await ask(url, "show", "sub_1");
    expect(read.err).not.toContain("may have taken effect");
  });

  test("whose text would move a terminal's cursor is shown without it", async () => {
    const { err } = await ask(
      await listen(problem(409, "x", "\u001b[2Jgone\u202e")),
      "pause",
      "sub_1",
    );
    expect(err).toBe("reprise:  [2Jgone\n");
    const json = await ask(await listen(problem(409, "x", "\u009b2J")), "pause", "sub_1", "--json");
    expect(json.err).toContain("\\u009b2J");
  });
});

describe("a configuration that cannot be used", () => {
  test.each([
    ["no key", {}, "REPRISE_API_KEY: required"],
    ["a key with a space", { REPRISE_API_KEY: "two words" }, "without spaces"],
    ["no URL", { REPRISE_URL: "gateway:3000", REPRISE_API_KEY: SECRET }, "http or https"],
    ["a user", { REPRISE_URL: "http://a:b@c", REPRISE_API_KEY: SECRET }, "without a user"],
    ["a query", { REPRISE_URL: "http://c/?a=b", REPRISE_API_KEY: SECRET }, "without ? and #"],
  ] as const)(
    "a configuration with %s ends with exit code 78 and shows no secret",
    async (_what, env, says) => {
      const { code, err } = await reprise(["list"], { env });
      expect(code).toBe(78);
      expect(err).toContain(says);
      expect(err).not.toContain("words");
    },
  );

  test("without REPRISE_URL takes PUBLIC_URL, also one with a path", async () => {
    const asked: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      asked.push(request.url);
      problem(409, "x")(request, response);
    });
    const env = { PUBLIC_URL: `${url}/billing/`, REPRISE_API_KEY: SECRET };
    expect((await reprise(["charging", "status"], { env })).code).toBe(1);
    expect(asked).toEqual(["/billing/v1/charging"]);
  });
});

describe("a long list", () => {
  const row = {
    customer_id: null,
    state: "waiting",
    outcome: null,
    decline_code: null,
    amount_due: null,
    currency: null,
    next_attempt_at: null,
  };
  const page = (number: number, next: string | null): RequestListener =>
    answering(
      200,
      "application/json",
      JSON.stringify({
        recoveries: [{ ...row, subscription_id: `sub_${number}` }],
        next_cursor: next,
      }),
    );

  test("is read to its end with --all, and its first page says that there is more", async () => {
    const url = await listen((request, response) => {
      const cursor = new URL(request.url ?? "", "http://x").searchParams.get("cursor");
      const number = Number(cursor ?? 1);
      page(number, number < 3 ? String(number + 1) : null)(request, response);
    });
    const first = await ask(url, "list");
    expect(first.err).toBe("The first 1; --all lists the rest too.\n");
    expect(first.out).toContain("sub_1 ");
    expect(first.out).not.toContain("sub_2");
    const all = await ask(url, "list", "--all", "--json");
    expect(JSON.parse(all.out)).toMatchObject({
      recoveries: [1, 2, 3].map((number) => ({ subscription_id: `sub_${number}` })),
      next_cursor: null,
    });
    const second = await ask(url, "list", "--cursor", "2");
    expect(second.out).toContain("sub_2");
    expect((await ask(url, "list", "--cursor", "2", "--all")).code).toBe(2);
  });

  test("is read on after the gateway was busy", async () => {
    let asked = 0;
    const url = await listen((request, response) => {
      asked += 1;
      const answer = asked === 1 ? problem(429, "too_many_requests") : page(1, null);
      answer(request, response);
    });
    expect(await ask(url, "list", "--all")).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^1 recoveries, .* a second\n$/) as unknown,
    });
    expect(asked).toBe(2);
  });

  test("says when it is empty", async () => {
    const url = await listen(
      answering(200, "application/json", '{"recoveries":[],"next_cursor":null}'),
    );
    expect((await ask(url, "list")).out).toBe("No recoveries yet.\n");
    expect((await ask(url, "list", "--state", "paused")).out).toBe("No such recovery.\n");
  });
});
