import type { DodoSettings } from "../../../dodo/adapter/create-dodo.ts";
import { parsePaymentId } from "../../../domain/values/ids.ts";
import { formatInstant, parseInstant } from "../../../domain/values/time.ts";
import type { ChargeBody } from "../../model/bodies.ts";
import type { ModelDodo } from "../../model/dodo.ts";
import { apiError, ModelApiError, ModelConnectionError } from "../../model/errors.ts";
import type { ListOrder } from "../plan.ts";
import type { NetworkLink } from "./network-link.ts";

type Request = {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly headers: RequestInit["headers"];
};

/** A `fetch` that the model answers, for the product's own client and the SDK in it. */
export function modelFetch(
  dodo: ModelDodo,
  link: NetworkLink,
  order: ListOrder,
): DodoSettings["fetch"] {
  return async (input, init) => {
    const method = init?.method ?? "GET";
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : null;
    // eslint-disable-next-line typescript/no-base-to-string -- the SDK passes the address as text
    const request = { method, url: new URL(String(input)), body, headers: init?.headers };
    try {
      return responseOf(200, await bodyFor(request, dodo, link, order));
    } catch (error) {
      return responseOfError(error);
    }
  };
}

async function bodyFor(
  { method, url, body, headers }: Request,
  dodo: ModelDodo,
  link: NetworkLink,
  order: ListOrder,
): Promise<unknown> {
  const [, resource = "", id = "", action = ""] = url.pathname.split("/");
  if (method === "GET") await link.beforeRead();
  else await link.beforeChange();
  switch (`${method} ${resource} ${action}`.trim()) {
    case "GET subscriptions":
      return await dodo.retrieveSubscription(id);
    case "GET payments":
      return id === "" ? await pageOf(url, dodo, order) : await dodo.retrievePayment(id);
    case "GET payments line-items":
      return await dodo.retrieveLineItems(id);
    case "GET payments retry":
      return await dodo.retryState();
    case "POST payments retry":
      return parsePaymentId(id) === null ? null : await dodo.retry();
    case "GET products":
      return { product_id: id, name: dodo.productName };
    case "GET disputes": {
      const since = parseInstant(url.searchParams.get("created_at_gte")) ?? 0;
      const dispute = await dodo.latestDispute(since);
      const row = { dispute_id: dispute, created_at: formatInstant(since) };
      return { items: dispute === null ? [] : [row] };
    }
    case "POST subscriptions charge":
      return await dodo.charge(body as ChargeBody, new Headers(headers).get("idempotency-key"));
    case "POST subscriptions update-payment-method":
      return await dodo.updatePaymentMethod();
    case "PATCH subscriptions":
      return await dodo.cancel();
    default:
      throw apiError(404, "NOT_FOUND");
  }
}

/** A page of the payments; pages are 0-based. @source docs/dodo/api.md, "Pagination" */
async function pageOf(url: URL, dodo: ModelDodo, order: ListOrder): Promise<unknown> {
  const query = url.searchParams;
  const since = parseInstant(query.get("created_at_gte")) ?? 0;
  const all = query.has("customer_id")
    ? await dodo.listCustomerPayments(since)
    : await dodo.listPayments(since);
  const rows = order === "oldest_first" ? all : all.toReversed();
  const size = Number(query.get("page_size") ?? 10);
  const from = Number(query.get("page_number") ?? 0) * size;
  return { items: rows.slice(from, from + size) };
}

const JSON_HEADERS = new Headers({ "content-type": "application/json" });

/** The parts of a `Response` that the SDK reads: a real one would take most of a simulation's time. */
function responseOf(status: number, body: unknown): Response {
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

/** What the model throws, as HTTP: an answer, or what `fetch` throws where none arrives. */
function responseOfError(error: unknown): Response {
  if (error instanceof ModelApiError) {
    const { httpStatus, code } = error;
    return responseOf(httpStatus, { code, message: code });
  }
  if (!(error instanceof ModelConnectionError)) throw error;
  const { code } = error;
  if (code === null) throw new DOMException("the model gave no answer", "AbortError");
  throw new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}
