import { describe, expect, it } from "vitest";
import type { ConnectionPlace } from "@/lib/domain/connection";
import type { Region } from "@/lib/domain/models/model";
import { doubtAbout, refuseOrder, waysTo } from "@/lib/domain/refuse-order";

const picture = { fileName: "boat.png", mediaType: "image/png", sizeBytes: 7_000_000 };
const large = { ...picture, sizeBytes: 7_000_001 };
const sound = { fileName: "voice.mp3", mediaType: "audio/mpeg", sizeBytes: 100 };
const clip = { fileName: "take.mp4", mediaType: "video/mp4", sizeBytes: 100_000_000 };
const gateway = { vendor: "aimlapi" } as const;
const at = (region: Region): ConnectionPlace => ({ vendor: "dashscope", region });
const reach = (place: ConnectionPlace, hasPublicLinks: boolean) => ({
  place,
  hasPublicLinks,
  isDemo: false,
  isTest: false,
});

it.each([
  ["a small picture", picture, ["inline"], ["inline"], ["inline"]],
  ["a picture too large for the call", large, ["upload"], ["upload", "link"], []],
  ["a sound", sound, ["upload"], ["upload", "link"], []],
  ["a clip as large as the store takes", clip, ["upload"], ["upload", "link"], []],
  ["a byte more", { ...clip, sizeBytes: 100_000_001 }, [], ["link"], []],
] as const)("%s goes to Model Studio without links, with links, and to the gateway without: %#", (...row) => {
  const [, file, closed, open, gatewayClosed] = row;
  expect(waysTo(reach(at("ap-southeast-1"), false), file)).toEqual(closed);
  expect(waysTo(reach(at("ap-southeast-1"), true), file)).toEqual(open);
  expect(waysTo(reach(gateway, false), file)).toEqual(gatewayClosed);
});

describe("an order that cannot work at a connection", () => {
  it("names each file without a way, and what would help", () => {
    const media = { firstFrame: large, drivingAudio: sound };
    const refused = refuseOrder(reach(gateway, false), { media, parameters: { prompt: "p" } });
    expect(Object.keys(refused)).toEqual(["firstFrame", "drivingAudio"]);
    for (const words of Object.values(refused)) expect(words).toContain("they need sign-in and PUBLIC_URL");
    expect(refuseOrder(reach(gateway, true), { media, parameters: { prompt: "p" } })).toEqual({});
  });

  it("is refused at Model Studio only for what its store cannot take", () => {
    const heavy = { ...clip, sizeBytes: 100_000_001 };
    const order = (firstClip: typeof clip) => ({ media: { firstClip }, parameters: { prompt: "" } });
    expect(refuseOrder(reach(at("ap-southeast-1"), false), order(clip))).toEqual({});
    expect(refuseOrder(reach(at("ap-southeast-1"), false), order(heavy)).firstClip).toContain(
      "more than the vendor's store takes",
    );
  });
});

describe("a doubt", () => {
  it.each(["ap-southeast-1", "us-east-1", "eu-central-1"] as const)("is said of uploads in %s", (region) => {
    const media = { firstFrame: picture, drivingAudio: sound };
    expect(doubtAbout(reach(at(region), false), media)).toContain("may not read the driving audio from");
  });

  it("is none in Beijing, with links, inside the call, at the gateway, or against this machine", () => {
    const media = { drivingAudio: sound };
    expect(doubtAbout(reach(at("cn-beijing"), false), media)).toBeNull();
    expect(doubtAbout(reach(at("ap-southeast-1"), true), media)).toBeNull();
    expect(doubtAbout(reach(at("ap-southeast-1"), false), { firstFrame: picture })).toBeNull();
    expect(doubtAbout(reach(gateway, false), media)).toBeNull();
    expect(doubtAbout({ ...reach(at("ap-southeast-1"), false), isDemo: true }, media)).toBeNull();
    expect(doubtAbout({ ...reach(at("ap-southeast-1"), false), isTest: true }, media)).toBeNull();
  });
});
