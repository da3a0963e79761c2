import { z } from "zod";
import type { ConnectionPlace } from "@/lib/domain/connection";
import { findModel } from "@/lib/domain/models/catalogue";
import { REGIONS, RESOLUTION_TIERS } from "@/lib/domain/models/model";
import type { OwnPrice } from "@/lib/domain/models/price";
import { parseMoney } from "@/lib/domain/money";

/** The operator's prices, each for one place. */
export type PriceBook = readonly (OwnPrice & { place: string })[];

const amount = z.string().transform((text, context) => {
  const money = parseMoney(text);
  if (money) return money;
  context.addIssue({ code: "custom", message: "is no amount; write it like 0.10 USD" });
  return z.NEVER;
});
const table = z.partialRecord(z.enum(RESOLUTION_TIERS), amount);

const priceBookSchema = z.array(
  z
    .strictObject({
      model: z.string().refine((id) => findModel(id) !== undefined, "is no model of this studio"),
      place: z.enum([...REGIONS, "aimlapi"]),
      perSecond: table,
      silentPerSecond: table.optional(),
    })
    .transform(({ model, ...entry }) => ({ modelId: model, ...entry })),
);

/** Throws a sentence that names the place of what is wrong. */
export function readPriceBook(json: unknown): PriceBook {
  const parsed = priceBookSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
}

/** The book's entries for a connection's place. */
export function pricesAt(book: PriceBook, place: ConnectionPlace): OwnPrice[] {
  const name = place.vendor === "aimlapi" ? "aimlapi" : place.region;
  return book.filter((entry) => entry.place === name);
}
