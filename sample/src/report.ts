import { totalOf, type Order } from "./orders.ts";

export interface DailyReport {
  orders: number;
  /** Cents. */
  revenue: number;
  /** The order with the highest total; missing on a day without orders. */
  largest?: Order;
}

/** Sums up a day. */
export function dailyReport(orders: Order[]): DailyReport {
  const revenue = orders.reduce((sum, order) => sum + totalOf(order), 0);
  const largest = orders.toSorted((a, b) => b.total - a.total)[0];
  return { orders: orders.length, revenue, largest };
}
