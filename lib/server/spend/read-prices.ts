import { z } from "zod";
import type { ConnectionPlace } from "@/lib/domain/connection";
import { catalogue, findModel } from "@/lib/domain/models/catalogue";
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
      model: z.string().refine((id) => findModel(id) !== undefined, {
        error: ({ input }) =>
          `is no model of this studio; those are ${nearestFirst(String(input)).join(", ")}`,
      }),
      place: z.enum([...REGIONS, "aimlapi"]),
      perSecond: table,
      silentPerSecond: table.optional(),
    })
    .transform(({ model, ...entry }) => ({ modelId: model, ...entry })),
);

/** All ids of the catalogue, those first that have most in common with a misspelt one. */
function nearestFirst(wrong: string): string[] {
  const wanted = pairsOf(wrong.toLowerCase());
  // How much of the word an id has counts before what it has beside it: a name may be misspelt short.
  const likeness = (id: string) => {
    const own = pairsOf(id);
    const common = wanted.filter((pair) => own.includes(pair)).length;
    return common + common / (own.length + wanted.length);
  };
  return catalogue.map(({ id }) => id).toSorted((left, right) => likeness(right) - likeness(left));
}

function pairsOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
}

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
