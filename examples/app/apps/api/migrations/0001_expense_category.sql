ALTER TABLE "expenses" ADD COLUMN "category" text DEFAULT 'other' NOT NULL;--> statement-breakpoint
CREATE INDEX "expenses_category_index" ON "expenses" USING btree ("category");