import { type ConnectionPlace, placeLabel } from "@/lib/domain/connection";
import type { Failure } from "@/lib/domain/failure";
import type { InputWay } from "@/lib/domain/input-way";
import type { SlotName } from "@/lib/domain/models/model";
import type { SentInputs, SentMedia } from "../provider";
import { namedInput } from "../sent-inputs";
import type { RawError } from "./failures";

// Codes and texts of the error code page. A file that was fetched and then found damaged is not among them: it would be
// as damaged by any other way.
const FETCH_CODES = ["InvalidURL.ConnectionRefused", "InvalidURL.Timeout", "BadRequest.InputDownloadFailed"];
const FETCH_WORDS = /oss:\/\/|download|find the requested media|authorization to access the media|check url/i;
/** What a store that nobody resolves sounds like too. (Upload page: the header is missing.) */
const FORMAT_WORDS = /media format is not supported/i;
const INSPECTION = "InvalidParameter.DataInspection";

/** Whether a vendor's error speaks of getting at a file, not of what is in it. */
function isAboutFetching({ code, message }: RawError): boolean {
  return (
    FETCH_CODES.includes(code) || FETCH_WORDS.test(message) || (code === INSPECTION && message.trim() === "")
  );
}

/** The files that an error can mean: what travelled inside the call needs no fetching. */
export function suspectsOf(raw: RawError, sent: SentMedia): SlotName[] {
  const slots = slotsOf(sent);
  const fetched = slots.filter((slot) => sent[slot] !== "inline");
  const isTold = namedInput(raw.message, slots) !== null;
  return isAboutFetching(raw) && fetched.length > 0 && !isTold ? fetched : slots;
}

export function slotsOf(sent: SentMedia = {}): SlotName[] {
  return Object.keys(sent) as SlotName[];
}

/**
 * The way by which a file went that the vendor says it could not get at; null where the error is about anything else.
 * `isSure: false`: the words fit a damaged file as well.
 */
export function findUnreadWay(
  { kind, input, raw }: Failure,
  sent: SentMedia = {},
): { way: InputWay; isSure: boolean } | null {
  if (kind !== "input-unreadable" || !raw) return null;
  const isSure = isAboutFetching(raw);
  if (!isSure && !(raw.code === INSPECTION && FORMAT_WORDS.test(raw.message))) return null;
  const ways = Object.values(sent);
  const named = /oss:\/\//.test(raw.message) ? "upload" : sent[input as SlotName];
  const way = named ?? (ways.includes("upload") ? "upload" : "link");
  return way !== "inline" && ways.includes(way) ? { way, isSure } : null;
}

/** What would help where no way is left; the failure as it is where its own words say all. */
export function explainUnread(
  failure: Failure,
  inputs: Partial<SentInputs>,
  place: ConnectionPlace,
): Failure {
  const unread = findUnreadWay(failure, inputs.sent);
  if (!unread) return failure;
  const hint = whatHelps(failure, unread.way, inputs.unreadWays ?? [], place);
  return hint ? { ...failure, explanation: `${failure.explanation} ${hint}` } : failure;
}

function whatHelps(
  { input }: Failure,
  way: InputWay,
  before: readonly InputWay[],
  place: ConnectionPlace,
): string | null {
  if (before.length > 0) {
    return "It was tried by the vendor's own store and by a link from this studio, and could not be read by either. Check that S3_PUBLIC_ENDPOINT, or without it PUBLIC_URL, can be reached from the internet.";
  }
  if (way === "link") {
    return "It was to be fetched by a link. Check that S3_PUBLIC_ENDPOINT, or without it PUBLIC_URL, can be reached from the internet.";
  }
  if (place.vendor === "dashscope" && place.region === "cn-beijing") return null;
  const smaller =
    input === "firstFrame" || input === "lastFrame"
      ? ", or use a picture of at most 7 MB, which travels inside the call"
      : "";
  return `It went by the vendor's temporary store, which models in ${placeLabel(place)} may not read. Set sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT, so that the vendor can fetch files by a link${smaller}.`;
}
