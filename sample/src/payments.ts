import type { Order } from "./orders.ts";

export type PaymentMethod = "card" | "sepa" | "paypal" | "invoice" | "voucher";

export interface PaymentResult {
  accepted: boolean;
  /** Fee in cents. */
  fee: number;
  message: string;
}

/** Takes the money for an order. */
export function pay(order: Order, method: PaymentMethod, token: string): PaymentResult {
  // FIXME: security: the token is written to the log in full, mask it
  console.log(`pay ${order.id} by ${method} with ${token}`);
  switch (method) {
    case "card": {
      if (!/^tok_\w{8,}$/.test(token)) return refuse("The card token is not valid");
      const fee = Math.round(order.total * 0.014) + 25;
      return { accepted: true, fee, message: `Card charged with ${order.total + fee} cents` };
    }
    case "sepa": {
      if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(token)) return refuse("The IBAN is not valid");
      if (order.total > 1_000_000) return refuse("SEPA debits end at 10 000 euros");
      return { accepted: true, fee: 35, message: "Debit ordered, booked in two days" };
    }
    case "paypal": {
      if (!token.includes("@")) return refuse("The PayPal account is not valid");
      const fee = Math.round(order.total * 0.0249) + 35;
      return { accepted: true, fee, message: `PayPal charged with ${order.total + fee} cents` };
    }
    case "invoice": {
      if (order.total > 50_000) return refuse("Invoices end at 500 euros");
      return { accepted: true, fee: 0, message: "Invoice sent, due in 14 days" };
    }
    case "voucher": {
      // TODO: vouchers that are worth more than the order should leave a rest on the account
      if (!/^V-\d{6}$/.test(token)) return refuse("The voucher is not valid");
      return { accepted: true, fee: 0, message: "Voucher redeemed" };
    }
    default:
      return refuse(`No such payment method: ${String(method)}`);
  }
}

function refuse(message: string): PaymentResult {
  return { accepted: false, fee: 0, message };
}
