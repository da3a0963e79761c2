import { randomBytes } from "node:crypto";
import { jpegPicture } from "../support/pictures";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const headersOf = (url: string) => ({ origin: url, "sec-fetch-site": "same-origin" });

/** Puts a picture into a studio; answers with the id to order with. */
export async function uploadPicture(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/assets?name=pier.jpg&slot=firstFrame&model=wan2.7-i2v`, {
    method: "POST",
    headers: { ...headersOf(url), "content-type": "application/octet-stream" },
    body: new Uint8Array(await jpegPicture(800, 600)),
  });
  const { asset } = (await answer.json()) as { asset: { id: string } };
  return asset.id;
}

/** An order that the demo's vendor refuses at once: a handful of events, and no render. */
export function orderBody(assetId: string): string {
  return JSON.stringify({
    requestId: `req_${Array.from(randomBytes(26), (byte) => ALPHABET[byte & 31]).join("")}`,
    connectionId: "demo",
    modelId: "wan2.7-i2v",
    mode: "animate",
    media: { firstFrame: assetId },
    parameters: {
      prompt: "[demo:refused-at-create] The boat leaves",
      resolution: "720P",
      durationSeconds: 5,
    },
    shownPrice: { amountMicro: 500_000, currency: "USD" },
  });
}

/** Sends an order; answers with the generation's id. */
export async function sendOrder(url: string, body: string): Promise<string> {
  const answer = await fetch(`${url}/api/generations`, {
    method: "POST",
    headers: { ...headersOf(url), "content-type": "application/json" },
    body,
  });
  const { generation } = (await answer.json()) as { generation?: { id: string } };
  if (!generation) throw new Error(`An order was refused with ${answer.status}`);
  return generation.id;
}
