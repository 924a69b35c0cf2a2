/** Sums over attempts. */
import type { AttemptRecord } from "./record.ts";
import type { Spend, TierSpend } from "./requestLog.ts";

/** Nothing spent, nothing asked. */
export function noSpend(): Spend {
  return {
    nanoDollars: 0,
    estimated: 0,
    unpriced: 0,
    byTier: { local: noTierSpend(), mid: noTierSpend(), flagship: noTierSpend() },
  };
}

/** Adds one attempt to `spend`; `newRequest` says whether it is the first answer of its request by its tier. */
export function addAttempt(spend: Spend, record: AttemptRecord, newRequest: boolean): void {
  spend.nanoDollars += record.costNanoDollars;
  if (record.costProvenance === "estimated") spend.estimated += 1;
  if (record.costProvenance === "unpriced") spend.unpriced += 1;
  const tier = spend.byTier[record.actualTier];
  tier.nanoDollars += record.costNanoDollars;
  tier.inputTokens += record.inputTokens ?? 0;
  tier.outputTokens += record.outputTokens ?? 0;
  if (newRequest) tier.requests += 1;
}

function noTierSpend(): TierSpend {
  return { nanoDollars: 0, requests: 0, inputTokens: 0, outputTokens: 0 };
}
