import { expect, test } from "vitest";
import { DODO_ROUTES, routeOf } from "../../dodo/routes.ts";

test("a request is named by its route, and no name has an id", () => {
  expect(routeOf("get", "/payments/pay_1")).toBe("GET /payments/{payment_id}");
  expect(routeOf("GET", "/v2/payments")).toBe("GET /payments");
  expect(routeOf("POST", "/subscriptions/sub_1/charge")).toBe(
    "POST /subscriptions/{subscription_id}/charge",
  );
  expect(routeOf("GET", "/payments/pay_1/retry")).toBe("GET /payments/{payment_id}/retry");
  expect(routeOf("POST", "/payments/pay_1/retry")).toBe("POST /payments/{payment_id}/retry");
});

test("a request that the list lacks counts as other", () => {
  expect(routeOf("DELETE", "/payments/pay_1")).toBe("other");
  expect(routeOf("GET", "/somewhere/else/sub_1")).toBe("other");
  expect(routeOf("GET", "")).toBe("other");
  expect(DODO_ROUTES).toContain("other");
});
