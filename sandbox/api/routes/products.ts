import { notFound } from "../../model/errors.ts";
import { type ApiCall, noSubscription, type Route } from "../route.ts";

/** The sandbox keeps no product catalogue: a product has the name that its newest subscription gives it. */
function retrieve({ context, params }: ApiCall): object {
  const id = params["product_id"] ?? "";
  const subscriptions = [...context.store.subscriptions.values()];
  const found = subscriptions.findLast(({ productId }) => productId === id);
  if (found === undefined) throw notFound(`Product ${id}`);
  return {
    product_id: id,
    name: found.productName,
    brand_id: found.brandId ?? context.settings.brandId,
    business_id: context.settings.businessId,
    is_recurring: true,
  };
}

export const PRODUCT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/products/:product_id",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: retrieve,
  },
];
