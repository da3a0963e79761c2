import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rememberPerson } from "@/lib/server/people/remember-person";
import { reportMonth } from "@/lib/server/spend/report-month";
import { readCaps } from "@/lib/server/spend/spend-caps";
import { dayLeftMs } from "@/lib/server/spend/spend-day";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, type TestWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const BOB = "usr_bob0000";

let studio: TestStudio;
let shop: TestWorkshop;
beforeEach(async () => {
  studio = await openTestStudio(undefined, { caps: readCaps("everyone", "month", "20 USD") });
  const vendor = createScriptedVendor({
    [`POST ${CREATE}`]: [json(400, { code: "DataInspectionFailed", message: "x" })],
  });
  shop = openWorkshop(studio, vendor.fetch);
});
afterEach(() => studio.remove());

const ada = { ownerId: OWNER, isOperator: false };
const operator = { ownerId: OWNER, isOperator: true };
const report = (reader = ada, month?: unknown) => reportMonth(studio, reader, month);
const name = (ownerId: string, called: string) =>
  rememberPerson(studio, { ownerId, name: called, isLocal: false });

describe("a month's spend", () => {
  it("is a person's own: of others they learn nothing but what the studio's cap has left", async () => {
    await name(BOB, "Bob");
    await shop.createOne();
    await shop.createOne({}, BOB);
    await shop.createOne({}, BOB);
    const own = await report();
    expect(own.report.currencies).toMatchObject([{ clipCount: 1, reservedMicro: 500_000, settledMicro: 0 }]);
    expect(JSON.stringify(own)).not.toMatch(/bob/i);
    expect(own.caps).toMatchObject([{ scope: "everyone", usedMicro: 1_500_000 }]);
    expect((await reportMonth(studio, { ownerId: "usr_new", isOperator: false }, null)).report).toMatchObject(
      {
        currencies: [],
        demoCount: 0,
      },
    );
  });

  it("is everybody's for an operator, by the name under which each ordered last", async () => {
    await name(OWNER, "Ada");
    await name(BOB, "Bob");
    await name(BOB, "Robert");
    await shop.createOne();
    await shop.createOne({}, BOB);
    await shop.createOne({}, "usr_early1234");
    const all = await report(operator);
    expect(all.report.currencies[0]?.people.map(({ label }) => label).sort()).toEqual([
      "Ada",
      "Robert",
      "Somebody (1234)",
    ]);
  });

  it("begins and ends at midnight of the installation's time zone", async () => {
    // 23:59 on November 30 in Berlin, then midnight.
    studio.clock.set(Date.parse("2026-11-30T22:59:59Z"));
    await shop.createOne();
    studio.clock.set(Date.parse("2026-11-30T23:00:00Z"));
    await shop.createOne();
    const december = await report();
    expect(december).toMatchObject({ month: "2026-12", thisMonth: "2026-12" });
    expect(december.report.currencies[0]?.days).toMatchObject([{ key: "2026-12-01", clipCount: 1 }]);
    const november = await report(ada, "2026-11");
    expect(november.report.currencies[0]?.days).toMatchObject([{ key: "2026-11-30", clipCount: 1 }]);
    expect(november.caps).toEqual([]);
  });

  it("has given back what failed without a charge", async () => {
    await shop.createOne();
    await shop.advanceDue();
    expect((await report()).report).toMatchObject({ currencies: [], releasedCount: 1 });
  });
});

describe("a name", () => {
  it("is kept without a write while it stays the same and the day is young", async () => {
    await name(BOB, "Bob");
    const seenAt = async () => (await studio.db.selectFrom("people").selectAll().executeTakeFirst())?.seen_at;
    const first = await seenAt();
    studio.clock.advance(60_000);
    await name(BOB, "Bob");
    expect(await seenAt()).toBe(first);
    studio.clock.advance(86_400_000);
    await name(BOB, "Bob");
    expect(await seenAt()).toBe(studio.clock.now());
  });

  it("is not kept for the one creator of a studio without sign-in", async () => {
    await rememberPerson(studio, { ownerId: "usr_local", name: "You", isLocal: true });
    expect(await studio.people.namesOf(["usr_local"])).toEqual(new Map());
  });
});

describe("what is left of a day", () => {
  it.each([
    ["Europe/Berlin", "2026-11-21T22:59:59.999Z", 1],
    // The long and the short day of the year.
    ["Europe/Berlin", "2026-10-24T22:00:00Z", 25 * 3_600_000],
    ["Europe/Berlin", "2026-03-28T23:00:00Z", 23 * 3_600_000],
    ["UTC", "2026-11-21T00:00:00Z", 24 * 3_600_000],
    ["Pacific/Kiritimati", "2026-11-21T09:30:00Z", 1_800_000],
  ])("in %s at %s is %i ms", (zone, at, leftMs) => expect(dayLeftMs(Date.parse(at), zone)).toBe(leftMs));
});
