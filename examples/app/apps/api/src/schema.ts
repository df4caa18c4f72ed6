import { date, index, integer, pgTable, serial, text, timestamp } from "drizzle-orm/pg-core";

export const expenses = pgTable(
  "expenses",
  {
    id: serial("id").primaryKey(),
    description: text("description").notNull(),
    amountCents: integer("amount_cents").notNull(),
    spentOn: date("spent_on").notNull(),
    category: text("category").notNull().default("other"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index("expenses_category_index").on(table.category)],
);
