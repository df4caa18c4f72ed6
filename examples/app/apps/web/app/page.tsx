"use client";

import { type Expense, formatCents } from "@intent/shared";
import { useEffect, useState } from "react";

const api = process.env.NEXT_PUBLIC_API_URL ?? "";

export default function Page() {
  const [expenses, setExpenses] = useState<Expense[]>([]);
  const [status, setStatus] = useState("Loading…");

  useEffect(() => {
    fetch(`${api}/api/expenses`)
      .then(async (response) => {
        if (!response.ok) throw new Error(`status ${response.status}`);
        const rows: Expense[] = await response.json();
        setExpenses(rows);
        setStatus(`${rows.length} expenses`);
      })
      .catch((error: Error) => setStatus(`The API does not answer: ${error.message}`));
  }, []);

  return (
    <main>
      <h1>Intent expense tracker</h1>
      <p>{status}</p>
      <ul>
        {expenses.map((expense) => (
          <li key={expense.id}>
            {expense.spentOn}: {expense.description}, {formatCents(expense.amountCents)} ({expense.category})
          </li>
        ))}
      </ul>
    </main>
  );
}
