import { pay, type PaymentMethod } from "./payments.ts";
import { RetryPolicy } from "./retry.ts";
import { TtlCache } from "./ttlCache.ts";

export interface OrderLine {
  sku: string;
  quantity: number;
  /** Cents for one piece. */
  price: number;
}

export interface Order {
  id: string;
  lines: OrderLine[];
  /** Cents for everything. */
  total: number;
}

const retry = new RetryPolicy({ attempts: 4, firstDelay: "200ms", maxDelay: "5s" });
const recent = new TtlCache<string, Order>("15m");

/** Adds up the lines of an order. */
export function totalOf(lines: OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
}

/** Loads an order, from the cache when it was seen in the last quarter of an hour. */
export async function loadOrder(id: string, fetchOrder: (id: string) => Promise<Order>): Promise<Order> {
  const cached = recent.get(id);
  if (cached !== undefined) return cached;
  const order = await retry.run(() => fetchOrder(id));
  recent.set(id, order);
  return order;
}

/** Pays an order and says how it went. */
export function checkOut(order: Order, method: PaymentMethod, token: string): string {
  const result = pay(order, method, token);
  return result.accepted ? result.message : `Order ${order.id} was not paid: ${result.message}`;
}
