import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** One line of code in one file, and the Biome rule that looks at it. */
type Line = { file: string; code: string; rule: string };

const from = (file: string, source: string): Line => ({
  file,
  code: `import ${JSON.stringify(source)};`,
  rule: "noRestrictedImports",
});

const refused: Line[] = [
  from("lib/domain/a.ts", "node:fs"),
  from("lib/domain/a.ts", "react"),
  from("lib/domain/a.ts", "@/lib/paths"),
  from("lib/domain/a.ts", "@/lib/server/env"),
  from("lib/domain/a.ts", "../server/env"),
  from("lib/domain/models/a.ts", "../../server/env"),
  from("lib/paths.ts", "@/lib/server/env"),

  from("lib/server/a.ts", "next/headers"),
  from("lib/server/a.ts", "next-auth"),
  from("lib/server/a.ts", "@/app/page"),
  from("lib/server/a.ts", "@/components/ui/button"),
  from("lib/server/a.ts", "@/lib/emulator/handler"),
  from("lib/server/a.ts", "@/lib/entry/start"),
  from("lib/server/a.ts", "../entry/start"),
  from("lib/server/a.ts", "./storage/disk-storage"),
  from("lib/server/a.ts", "./db/postgres-dialect"),
  from("lib/server/a.ts", "@/lib/server/providers/dashscope/client"),
  from("lib/server/a.ts", "libsql"),
  from("lib/server/a.ts", "kysely"),
  from("lib/server/services.ts", "next/headers"),
  from("lib/server/services.ts", "@/components/ui/button"),
  from("lib/server/services.ts", "sharp"),
  from("lib/server/viewer.ts", "kysely"),
  from("lib/server/define-action.ts", "@/components/ui/button"),

  ...["db", "storage", "media", "providers"].flatMap((adapter) => [
    from(`lib/server/${adapter}/a.ts`, "@/lib/server/generations/create-generation"),
    from(`lib/server/${adapter}/a.ts`, "../generations/create-generation"),
    from(`lib/server/${adapter}/a.ts`, "../services"),
    from(`lib/server/${adapter}/a.ts`, "../../../app/page"),
    from(`lib/server/${adapter}/a.ts`, "@/components/ui/button"),
    from(`lib/server/${adapter}/a.ts`, "next/headers"),
    from(`lib/server/${adapter}/a.ts`, "@/lib/emulator/handler"),
  ]),
  from("lib/server/db/a.ts", "../storage/storage"),
  from("lib/server/storage/a.ts", "../db/database"),
  from("lib/server/media/a.ts", "../providers/http"),
  from("lib/server/media/a.ts", "kysely"),
  from("lib/server/providers/a.ts", "../db/database"),
  from("lib/server/providers/a.ts", "./dashscope/client"),
  from("lib/server/providers/dashscope/a.ts", "../aimlapi/client"),
  from("lib/server/providers/dashscope/a.ts", "@/lib/server/providers/aimlapi/client"),
  from("lib/server/providers/dashscope/a.ts", "../../generations/worker"),

  ...["assets", "generations", "operations", "shares"].flatMap((noun) => [
    from(`lib/server/${noun}/create-thing.ts`, "next/cache"),
    from(`lib/server/${noun}/create-thing.ts`, "kysely"),
    from(`lib/server/${noun}/create-thing.ts`, "sharp"),
    from(`lib/server/${noun}/create-thing.ts`, "../storage/disk-storage"),
    from(`lib/server/${noun}/create-thing.ts`, "../providers/dashscope/client"),
    from(`lib/server/${noun}/create-thing.ts`, "@/lib/server/services"),
    from(`lib/server/${noun}/create-thing.ts`, "@/app/page"),
    from(`lib/server/${noun}/create-thing.ts`, "@/components/ui/button"),
    from(`lib/server/${noun}/thing-repository.ts`, "libsql"),
    from(`lib/server/${noun}/thing-repository.ts`, "next/cache"),
    from(`lib/server/${noun}/thing-repository.ts`, "../services"),
  ]),

  from("lib/emulator/a.ts", "@/lib/domain/models/catalogue"),
  from("lib/emulator/a.ts", "@/lib/server/providers/http"),
  from("lib/emulator/a.ts", "../server/providers/http"),
  from("lib/emulator/a.ts", "kysely"),
  from("lib/entry/a.ts", "@/lib/server/generations/create-generation"),
  from("lib/entry/a.ts", "@/components/ui/button"),

  from("components/ui/a.tsx", "@/lib/domain/money"),
  from("components/ui/a.tsx", "@/components/gallery/card"),
  from("components/ui/a.tsx", "../gallery/card"),
  from("components/ui/a.tsx", "@tanstack/react-query"),
  from("components/gallery/a.tsx", "@/components/player/player"),
  from("components/gallery/a.tsx", "../player/player"),
  from("components/gallery/a.tsx", "@/lib/server/env"),
  from("components/gallery/a.tsx", "@/app/page"),
  from("components/gallery/a.tsx", "node:fs"),
  from("components/gallery/a.tsx", "next/headers"),

  from("app/page.tsx", "@/lib/server/db/database"),
  from("app/page.tsx", "@/lib/server/generations/generation-repository"),
  from("app/page.tsx", "@/lib/server/providers/http"),
  from("app/page.tsx", "@/lib/emulator/handler"),
  from("app/page.tsx", "kysely"),
  from("app/page.tsx", "../lib/server/db/database"),
  from("pages/api/a.ts", "@/lib/server/storage/disk-storage"),
];

const allowed: Line[] = [
  from("lib/domain/a.ts", "zod"),
  from("lib/domain/models/a.ts", "../money"),
  from("lib/domain/a.ts", "@/lib/domain/money"),
  from("lib/server/services.ts", "./storage/disk-storage"),
  from("lib/server/services.ts", "@/lib/emulator/handler"),
  from("lib/server/viewer.ts", "next/headers"),
  from("lib/server/auth-options.ts", "next-auth"),
  from("lib/server/db/a.ts", "kysely"),
  from("lib/server/db/migrations/a.ts", "../dialect"),
  from("lib/server/media/a.ts", "sharp"),
  from("lib/server/providers/dashscope/a.ts", "../http"),
  from("lib/server/providers/dashscope/a.ts", "../../media/media-process"),
  from("lib/server/providers/dashscope/a.ts", "./failures"),
  from("lib/server/providers/registry.ts", "./dashscope/client"),
  from("lib/server/assets/store-thing.ts", "../storage/storage"),
  from("lib/server/assets/thing-repository.ts", "kysely"),
  from("lib/emulator/a.ts", "@/lib/server/media/media-process"),
  from("lib/entry/a.ts", "@/lib/server/services"),
  from("components/ui/a.tsx", "react"),
  from("components/gallery/a.tsx", "@/components/ui/button"),
  from("components/gallery/a.tsx", "./card"),
  from("components/gallery/a.tsx", "@/lib/domain/money"),
  from("app/page.tsx", "@/lib/server/generations/list-generations"),
  from("app/page.tsx", "@/components/gallery/gallery"),
  from("pages/api/a.ts", "@/lib/server/services"),
];

const traps: Line[] = [
  { file: "lib/domain/a.ts", code: "await fetch('/');", rule: "noRestrictedGlobals" },
  { file: "lib/server/a.ts", code: "export const port = process.env.PORT;", rule: "noProcessEnv" },
  { file: "app/page.tsx", code: "export const port = process.env.PORT;", rule: "noProcessEnv" },
  {
    file: "lib/server/a.ts",
    code: "async function f() {} export function g() { f(); }",
    rule: "noFloatingPromises",
  },
  { file: "lib/server/a.ts", code: "export const a = (x: any) => x;", rule: "noExplicitAny" },
  { file: "lib/server/a.ts", code: "console.log(1);", rule: "noConsole" },
  { file: "lib/server/a.ts", code: "export default 1;", rule: "noDefaultExport" },
  { file: "lib/server/a.ts", code: "export * from './b';", rule: "noReExportAll" },
  { file: "lib/server/badName.ts", code: "export const a = 1;", rule: "useFilenamingConvention" },
];

const cycle: Line[] = [
  { file: "lib/domain/first.ts", code: 'export { b as a } from "./second";', rule: "noImportCycles" },
  { file: "lib/domain/second.ts", code: 'export { a as b } from "./first";', rule: "noImportCycles" },
];

const root = resolve(import.meta.dirname, "../..");
const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
let folder: string;
let found: Set<string>;

/** All lines of one file stand under each other, and a finding is known by its line: one run judges them all. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "firstframe-layers-"));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  const files = new Map<string, Line[]>();
  for (const line of [...refused, ...allowed, ...traps, ...cycle]) {
    files.set(line.file, [...(files.get(line.file) ?? []), line]);
  }
  for (const [file, lines] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), lines.map((line) => `${line.code}\n`).join(""));
  }
  found = await lint(files);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

for (const line of [...refused, ...traps, ...cycle]) {
  test(`${line.file} may not hold: ${line.code}`, () => expect(found).toContain(key(line)));
}

for (const line of allowed) {
  test(`${line.file} may hold: ${line.code}`, () => expect(found).not.toContain(key(line)));
}

function key(line: Line): string {
  return `${line.file}: ${line.code} (${line.rule})`;
}

type Report = { diagnostics: { category: string; location: { path: string; start?: { line: number } } }[] };

async function lint(files: Map<string, Line[]>): Promise<Set<string>> {
  const report = await new Promise<Report>((done, fail) => {
    const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=json", "."];
    // Exit code 1 only says that there are findings, which is what we want.
    execFile(
      process.execPath,
      [biome, ...args],
      { cwd: folder, maxBuffer: 64e6 },
      (_error, stdout, stderr) => {
        if (stdout) done(JSON.parse(stdout));
        else fail(new Error(stderr));
      },
    );
  });
  return new Set(
    report.diagnostics.flatMap(({ category, location }) => {
      const line = files.get(location.path)?.[Math.max(location.start?.line ?? 1, 1) - 1];
      return line ? [key({ ...line, rule: category.split("/").at(-1) ?? "" })] : [];
    }),
  );
}
