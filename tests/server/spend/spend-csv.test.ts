import { afterEach, expect, it } from "vitest";
import { rememberPerson } from "@/lib/server/people/remember-person";
import { spendCsv } from "@/lib/server/spend/spend-csv";
import { createScriptedVendor } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
afterEach(() => studio.remove());

it("the accountant's file has a row a generation, one's own or an operator's all, and no name in it is a formula", async () => {
  studio = await openTestStudio();
  const shop = openWorkshop(studio, createScriptedVendor({}).fetch);
  await rememberPerson(studio, { ownerId: OWNER, name: 'Ada, "Countess"', isLocal: false });
  await rememberPerson(studio, { ownerId: "usr_b", name: '=HYPERLINK("http://evil")', isLocal: false });
  const id = await shop.createOne();
  studio.clock.advance(1000);
  await shop.createOne({}, "usr_b");

  const own = await spendCsv(studio, { ownerId: OWNER, isOperator: false }, "2026-11");
  expect(own.fileName).toBe("firstframe-spend-2026-11.csv");
  const [head, first, ...rest] = own.text.split("\r\n");
  expect(rest).toEqual([""]);
  expect(head?.startsWith('\uFEFF"Day","Ordered at (UTC)","Person"')).toBe(true);
  expect(first).toBe(
    `"2026-11-21","2026-11-21T10:00:00.000Z","Ada, ""Countess""","Model Studio, Singapore","Wan 2.7","720P","5","queued","reserved","0.50","USD","0.50","","${id}",""`,
  );

  const all = await spendCsv(studio, { ownerId: OWNER, isOperator: true }, null);
  expect(all.text).toContain('"\'=HYPERLINK(""http://evil"")"');
  expect(all.text.match(/"queued"/g)).toHaveLength(2);
  expect((await spendCsv(studio, { ownerId: OWNER, isOperator: true }, "2026-10")).text).not.toContain(
    "queued",
  );
});
