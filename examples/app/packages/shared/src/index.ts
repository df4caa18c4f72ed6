/** An expense as the API returns it. */
export interface Expense {
  id: number;
  description: string;
  amountCents: number;
  /** A day, `YYYY-MM-DD`. */
  spentOn: string;
  category: string;
}

/** What a new expense needs. */
export type NewExpense = Pick<Expense, "description" | "amountCents" | "spentOn"> & { category?: string };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A new expense from a request's body, or null if it isn't one. */
export function parseExpense(body: unknown): NewExpense | null {
  const { description, amountCents, spentOn, category } = (body ?? {}) as Record<string, unknown>;
  if (typeof description !== "string" || !description.trim()) return null;
  if (typeof amountCents !== "number" || !Number.isInteger(amountCents)) return null;
  if (typeof spentOn !== "string" || !DAY.test(spentOn)) return null;
  return {
    description: description.trim(),
    amountCents,
    spentOn,
    ...(typeof category === "string" ? { category } : {}),
  };
}

/** Cents as an amount with two decimals. */
export function formatCents(cents: number): string {
  return (cents / 100).toFixed(2);
}
