/** Persons as foreign answers name them: nothing of this may stand in a history, a log, a memo or a mail to the operator. */
export const PERSON = {
  address: "ada.lovelace@planted.example",
  name: "Ada Lovelace",
  phone: "+44 20 7946 0958",
} as const;

/** A sentence that names a person. */
export const SENTENCE = `customer ${PERSON.address} (${PERSON.name}, ${PERSON.phone}) could not be read`;

const TRACES = [/lovelace/i, /planted\.example/i, /7946\W{0,2}0958/];

/** What a text tells of the person; empty for a clean text. */
export function tracesOf(text: string): string[] {
  return TRACES.flatMap((trace) => {
    const at = text.search(trace);
    return at === -1 ? [] : [text.slice(Math.max(at - 60, 0), at + 60)];
  });
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });

const withCause = (cause: object): Error => Object.assign(new TypeError(SENTENCE), { cause });

/** What a server or the network may answer to any request. A function that throws is a connection that fails. */
export const ANSWERS: Readonly<Record<string, () => Response>> = {
  "HTTP 500 with a message": () =>
    json(500, { code: "INTERNAL_SERVER_ERROR", message: SENTENCE }, { "x-request-id": "req_1" }),
  "HTTP 400 with a sentence as its code": () => json(400, { code: SENTENCE, message: SENTENCE }),
  "HTTP 401": () => json(401, { code: "UNAUTHORIZED", message: SENTENCE }),
  "HTTP 404": () => json(404, { code: "NOT_FOUND", message: SENTENCE }),
  "HTTP 409 with a sentence as the request's id": () =>
    json(409, { error: { code: PERSON.name, message: SENTENCE } }, { "x-request-id": SENTENCE }),
  "HTTP 410": () => json(410, { code: PERSON.address }),
  "HTTP 422 without JSON": () => new Response(SENTENCE, { status: 422 }),
  "HTTP 429": () => json(429, { code: "RATE_LIMITED", message: SENTENCE }),
  "HTTP 503 as a page": () => new Response(`<h1>${SENTENCE}</h1>`, { status: 503 }),
  "HTTP 200 that is not JSON": () =>
    new Response(`{${SENTENCE}`, { headers: { "content-type": "application/json" } }),
  "HTTP 200 as a text": () => json(200, SENTENCE),
  "HTTP 200 with other fields": () =>
    json(200, { message: SENTENCE, items: SENTENCE, error: { message: SENTENCE } }),
  "HTTP 200 with an empty list": () => json(200, { items: [] }),
  "a connection that fails with a sentence": () => {
    throw withCause(Object.assign(new Error(SENTENCE), { code: SENTENCE }));
  },
  "a connection that is reset": () => {
    throw withCause(Object.assign(new Error(SENTENCE), { code: "ECONNRESET" }));
  },
  "a bug that throws a text": () => {
    // eslint-disable-next-line typescript/only-throw-error
    throw SENTENCE;
  },
  "a bug that throws an object": () => {
    // eslint-disable-next-line typescript/only-throw-error
    throw { message: SENTENCE, name: SENTENCE, code: SENTENCE };
  },
  "a bug whose text has several lines": () => {
    throw new Error(`${SENTENCE}\n    at ${PERSON.name} (file:///ada.lovelace:1:1)`, {
      cause: new Error(SENTENCE),
    });
  },
};
