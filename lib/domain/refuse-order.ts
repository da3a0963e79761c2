import { formatBytes, slotLabel } from "./asset";
import { type ConnectionView, placeLabel } from "./connection";
import type { FieldErrors } from "./errors";
import { fitsInCall, type InputWay } from "./input-way";
import type { SlotName } from "./models/model";

/** What is known of an order's inputs before anything of it is sent. */
export type OrderOutline = {
  media: Partial<Record<SlotName, Weighed & { fileName: string }>>;
  parameters: { prompt: string };
};

type Weighed = { mediaType: string; sizeBytes: number };
type Reach = Pick<ConnectionView, "place" | "hasPublicLinks">;

/** What the upload page's example grants for one file. The true limit depends on the model and comes with each grant. */
const UPLOAD_BYTES_MAX = 100_000_000;

/**
 * The ways by which a file may reach this connection's vendor, the likeliest first; none where it cannot. The gateway
 * has no upload: small pictures travel inside the call, everything else needs a link to us or to our storage.
 */
export function waysTo({ place, hasPublicLinks }: Reach, file: Weighed): InputWay[] {
  if (fitsInCall(file)) return ["inline"];
  const links: InputWay[] = hasPublicLinks ? ["link"] : [];
  return place.vendor === "dashscope" && file.sizeBytes <= UPLOAD_BYTES_MAX ? ["upload", ...links] : links;
}

/**
 * Why an order cannot work at this connection whatever the model takes, by field of the form: files that have no way to
 * the vendor, and what its call cannot be without. The form and the server ask the same, before anything is spent.
 */
export function refuseOrder(connection: Reach, { media, parameters }: OrderOutline): FieldErrors {
  const fields: FieldErrors = {};
  for (const [slot, file] of filesOf(media)) {
    if (waysTo(connection, file).length === 0) fields[slot] = noWay(connection, slot, file);
  }
  if (connection.place.vendor === "aimlapi" && !parameters.prompt.trim()) {
    fields.prompt = "AI/ML API needs a prompt: say what happens in the film.";
  }
  return fields;
}

/**
 * What may not work and is worth trying, in one sentence; null where nothing is in doubt. Only in Beijing do the
 * vendor's pages promise that models read uploads. (Upload page, English and Chinese edition.)
 */
export function doubtAbout(
  connection: Reach & Pick<ConnectionView, "isDemo" | "isTest">,
  media: OrderOutline["media"],
): string | null {
  const { place, isDemo, isTest } = connection;
  if (place.vendor !== "dashscope" || place.region === "cn-beijing" || isDemo || isTest) return null;
  const doubtful = filesOf(media).filter(([, file]) => waysTo(connection, file).join() === "upload");
  if (doubtful.length === 0) return null;
  const nouns = doubtful.map(([slot]) => `the ${slotLabel(slot)}`).join(" and ");
  return `${placeLabel(place)} may not read ${nouns} from the vendor's own store. If it does not, nothing is charged; sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT, would make it sure.`;
}

/** Why a file cannot reach the vendor from here, and what would help. */
export function noWay(
  { place }: Pick<Reach, "place">,
  slot: SlotName,
  file: Weighed & { fileName?: string },
): string {
  const name = file.fileName ? `“${file.fileName}”` : `The ${slotLabel(slot)}`;
  return `${name} ${whyNot(place, slot, file)}. This studio has no public links: they need sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT.`;
}

function whyNot({ vendor }: Reach["place"], slot: SlotName, file: Weighed): string {
  const size = formatBytes(file.sizeBytes);
  if (vendor === "dashscope") return `is ${size}, more than the vendor's store takes`;
  return file.mediaType.startsWith("image/")
    ? `is ${size}, too large to travel inside a call to AI/ML API`
    : `is no picture, and AI/ML API takes a ${slotLabel(slot)} only by a public link`;
}

function filesOf<File>(media: Partial<Record<SlotName, File>>): [SlotName, File][] {
  return Object.entries(media) as [SlotName, File][];
}
