import { afterEach, expect, it } from "vitest";
import { rememberPerson } from "@/lib/server/people/remember-person";
import { spendCsv } from "@/lib/server/spend/spend-csv";
import { createScriptedVendor } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
const asked = (askedMonth: string | null) => ({ askedMonth, origin: "https://studio.example" });
afterEach(() => studio.remove());

it("the accountant's file has a row a generation, one's own or an operator's all, and no name in it is a formula", async () => {
  studio = await openTestStudio();
  const shop = openWorkshop(studio, createScriptedVendor({}).fetch);
  await rememberPerson(studio, { ownerId: OWNER, name: 'Ada, "Countess"', isLocal: false });
  await rememberPerson(studio, { ownerId: "usr_b", name: '=HYPERLINK("http://evil")', isLocal: false });
  const saying = (prompt: string) => ({ parameters: { prompt, resolution: "720P", durationSeconds: 5 } });
  const id = await shop.createOne(saying("A boat leaves. Gulls follow it"));
  studio.clock.advance(1000);
  const theirs = await shop.createOne(saying("Nobody else's business"), "usr_b");

  const own = await spendCsv(studio, { ownerId: OWNER, isOperator: false }, asked("2026-11"));
  expect(own.fileName).toBe("firstframe-spend-2026-11.csv");
  const [head, first, ...rest] = own.text.split("\r\n");
  expect(rest).toEqual([""]);
  expect(head?.startsWith('\uFEFF"Day","Ordered at (UTC)","Person"')).toBe(true);
  expect(first).toBe(
    `"2026-11-21","2026-11-21T10:00:00.000Z","Ada, ""Countess""","Model Studio, Singapore","Wan 2.7","Animate","720P","5","queued","Held","0.50","USD","0.50","","A boat leaves","https://studio.example/generations/${id}","${id}",""`,
  );

  const all = await spendCsv(studio, { ownerId: OWNER, isOperator: true }, asked(null));
  expect(all.text).toContain('"\'=HYPERLINK(""http://evil"")"');
  expect(all.text.match(/"queued"/g)).toHaveLength(2);
  // Whose it is and what it cost, but neither what was written nor where it is.
  expect(all.text).toContain(`"0.50","","","","${theirs}",""`);
  expect(all.text).not.toContain("Nobody else's business");
  expect((await spendCsv(studio, { ownerId: OWNER, isOperator: true }, asked("2026-10"))).text).not.toContain(
    "queued",
  );
});
