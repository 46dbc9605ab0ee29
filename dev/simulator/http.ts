import type { DodoSettings } from "../../dodo/adapter/create-dodo.ts";
import { parsePaymentId } from "../../domain/values/ids.ts";
import { formatInstant, parseInstant } from "../../domain/values/time.ts";
import type { ChargeBody } from "../model/bodies.ts";
import type { ModelDodo } from "../model/dodo.ts";
import { ModelRefusal, ModelSilence } from "../model/errors.ts";
import type { Line } from "./network-link.ts";

type Request = { readonly method: string; readonly url: URL; readonly body: unknown };

/** Which way round a list comes is promised by nobody. @source dodo.md 11, question 10 */
export type ListOrder = "oldest_first" | "newest_first";

/** The model behind HTTP: what the product's own client, the SDK in it, is given for a `fetch`. */
export function fetchFrom(dodo: ModelDodo, line: Line, order: ListOrder): DodoSettings["fetch"] {
  return async (input, init) => {
    const method = init?.method ?? "GET";
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : null;
    // eslint-disable-next-line typescript/no-base-to-string -- the SDK gives the address as text
    const request = { method, url: new URL(String(input)), body };
    try {
      return answer(200, await answerTo(request, dodo, line, order));
    } catch (error) {
      return answerOfError(error);
    }
  };
}

async function answerTo(
  { method, url, body }: Request,
  dodo: ModelDodo,
  line: Line,
  order: ListOrder,
): Promise<unknown> {
  const [, thing = "", id = "", part = ""] = url.pathname.split("/");
  if (method === "GET") await line.read();
  else line.checkKey();
  switch (`${method} ${thing} ${part}`.trim()) {
    case "GET subscriptions":
      return await dodo.retrieveSubscription();
    case "GET payments":
      return id === "" ? await listed(url, dodo, order) : await dodo.retrievePayment(id);
    case "GET payments retry":
      return await dodo.retryState();
    case "POST payments retry":
      return parsePaymentId(id) === null ? null : await dodo.retry();
    case "GET disputes": {
      const since = parseInstant(url.searchParams.get("created_at_gte")) ?? 0;
      const dispute = await dodo.latestDispute(since);
      const row = { dispute_id: dispute, created_at: formatInstant(since) };
      return { items: dispute === null ? [] : [row] };
    }
    case "POST subscriptions charge":
      return await dodo.charge(body as ChargeBody);
    case "POST subscriptions update-payment-method":
      return await dodo.updatePaymentMethod();
    case "PATCH subscriptions":
      return await dodo.cancel();
    default:
      throw new ModelRefusal(404, "NOT_FOUND");
  }
}

/** A page of the list: 0-based, as large as was asked for. @source dodo.md 8.4 */
async function listed(url: URL, dodo: ModelDodo, order: ListOrder): Promise<unknown> {
  const asked = url.searchParams;
  const all = await dodo.listPayments(parseInstant(asked.get("created_at_gte")) ?? 0);
  const rows = order === "oldest_first" ? all : all.toReversed();
  const size = Number(asked.get("page_size") ?? 10);
  const from = Number(asked.get("page_number") ?? 0) * size;
  return { items: rows.slice(from, from + size) };
}

const JSON_HEADERS = new Headers({ "content-type": "application/json" });

/** As much of a `Response` as the SDK looks at: the real one would cost more than all else in a world. */
function answer(status: number, body: unknown): Response {
  const text = JSON.stringify(body);
  return {
    ok: status < 400,
    status,
    url: "",
    headers: JSON_HEADERS,
    body: null,
    json: async () => await Promise.resolve(JSON.parse(text) as unknown),
    text: async () => await Promise.resolve(text),
  } as Response;
}

/** What the model throws, as HTTP: an answer, or what `fetch` throws where none comes. */
function answerOfError(error: unknown): Response {
  if (error instanceof ModelRefusal) {
    const { httpStatus, code } = error;
    return answer(httpStatus, { code, message: code });
  }
  if (!(error instanceof ModelSilence)) throw error;
  const { code } = error;
  if (code === null) throw new DOMException("the model gave no answer", "AbortError");
  const cause = Object.assign(new Error(code), { code });
  throw new TypeError("fetch failed", { cause });
}
