import { afterEach, beforeEach, expect, it } from "vitest";
import { createBeatRepository } from "@/lib/server/operations/beat-repository";
import { describeQueue } from "@/lib/server/operations/describe-queue";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

it("tells the places of a person's own clips, and that nobody works on them where no worker is heard", async () => {
  const nowhere = () => Promise.reject(new Error("no network here"));
  const shop = openWorkshop(studio, nowhere);
  const beats = createBeatRepository(studio.db);
  const { clock } = studio;
  const look = () => describeQueue({ startQueue: shop.workshop.startQueue, beats, clock }, OWNER);
  const mine = await shop.createOne();
  expect(await look()).toEqual({ places: { [mine]: 1 }, isWorked: false });

  await beats.beat("wrk_1", true, clock.now());
  await beats.beat("wrk_page", false, clock.now() + 60_000);
  clock.advance(30_000);
  expect((await look()).isWorked).toBe(true);
  clock.advance(1);
  expect((await look()).isWorked).toBe(false);
});
