import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takesBack } from "@/lib/domain/cancel-offer";
import { readEnv } from "@/lib/server/env";
import { EnvError } from "@/lib/server/env-error";
import { createConnections } from "@/lib/server/providers/registry";
import { testFolder } from "@/tests/fixtures/media/test-folder";

const KEY = "sk-secret-0123456789";
const nowhere = () => Promise.reject(new Error("no network here"));

function offeredWith(source: Record<string, string>) {
  const { connections } = readEnv(source);
  return createConnections({ connections, fetch: nowhere, emulatorFetch: nowhere, now: () => 0 });
}
const list = (...connections: object[]) => JSON.stringify(connections);
const beijing = { name: "Beijing", vendor: "dashscope", apiKey: KEY, region: "cn-beijing" };
const gateway = { name: "Gateway", vendor: "aimlapi", apiKey: KEY };

describe("the connections of an installation", () => {
  it("are the demo alone where nothing is set, and the demo finishes its rows for ever", () => {
    expect(offeredWith({}).offered.map(({ view }) => view.id)).toEqual(["demo"]);
    const set = offeredWith({ DASHSCOPE_API_KEY: KEY });
    expect(set.offered.map(({ view }) => view.id)).toEqual(["dashscope:ap-southeast-1"]);
    expect(set.find({ id: "demo", label: "Demo" })?.view.isDemo).toBe(true);
  });

  it("are those of the simple variables first, then the list's", () => {
    const { offered, find } = offeredWith({
      CONNECTIONS: list(beijing, gateway),
      DASHSCOPE_API_KEY: KEY,
      AIMLAPI_API_KEY: KEY,
    });
    expect(offered.map(({ view: { id, label, place } }) => ({ id, label, place }))).toEqual([
      {
        id: "dashscope:ap-southeast-1",
        label: "Model Studio, Singapore",
        place: { vendor: "dashscope", region: "ap-southeast-1" },
      },
      { id: "aimlapi", label: "AI/ML API", place: { vendor: "aimlapi" } },
      {
        id: "dashscope:cn-beijing",
        label: "Beijing",
        place: { vendor: "dashscope", region: "cn-beijing" },
      },
      { id: "aimlapi:name=Gateway", label: "Gateway", place: { vendor: "aimlapi" } },
    ]);
    for (const connection of offered) expect(find(connection.view)).toBe(connection);
  });

  it("are told to take a task back exactly where their vendor has a way to", () => {
    const { offered } = offeredWith({ CONNECTIONS: list(beijing, gateway) });
    expect(
      offered.map(({ provider, view }) => [provider.cancel !== undefined, takesBack(view.place)]),
    ).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it("are of one account where they have the same key, or where the operator says so", () => {
    const other = { ...beijing, name: "Other", apiKey: "sk-other-0123456789", workspaceId: "w" };
    const accountsOf = (...connections: object[]) => {
      const { offered } = offeredWith({ DASHSCOPE_API_KEY: KEY, CONNECTIONS: list(...connections) });
      const ids = offered.map(({ accountId }) => accountId);
      expect(JSON.stringify(ids)).not.toContain(KEY);
      return ids.map((id) => ids.indexOf(id));
    };
    expect(accountsOf(beijing, other, gateway)).toEqual([0, 0, 2, 3]);
    const ours = { account: "Ours" };
    const all = [
      { ...beijing, ...ours },
      { ...other, account: "ours" },
      { ...gateway, ...ours },
    ] as const;
    expect(accountsOf(...all)).toEqual([0, 0, 0, 3]);
  });

  it("may stand in a file", async () => {
    const path = join(await testFolder(), "connections.json");
    await writeFile(path, list(beijing));
    expect(readEnv({ CONNECTIONS: path }).connections).toMatchObject([{ name: "Beijing", apiKey: KEY }]);
  });

  it("keep their id when a key is replaced, never hold it, and fit into an order", () => {
    const far = {
      ...beijing,
      name: "A".repeat(40),
      workspaceId: "w".repeat(63),
      baseUrl: `https://${"h".repeat(60)}.example`,
    };
    const idsWith = (apiKey: string) =>
      offeredWith({
        CONNECTIONS: list({ ...beijing, apiKey }, { ...gateway, apiKey }, { ...far, apiKey }),
      }).offered.map(({ view }) => view.id);
    expect(idsWith("sk-other-0123456789")).toEqual(idsWith(KEY));
    expect(JSON.stringify(idsWith(KEY))).not.toContain(KEY);
    for (const id of idsWith(KEY)) expect(id.length).toBeLessThanOrEqual(100);
    expect(new Set(idsWith(KEY)).size).toBe(3);
  });

  const idsOf = (...connections: object[]) =>
    offeredWith({ CONNECTIONS: list(...connections) }).offered.map(({ view }) => view.id);

  it("keep their id when they are renamed, and when one of another place comes beside them", () => {
    const before = idsOf(beijing);
    expect(idsOf({ ...beijing, name: "Films" })).toEqual(before);
    expect(idsOf({ ...beijing, region: "ap-southeast-1", name: "B" }, beijing)[1]).toBe(before[0]);
  });

  it.each([
    ["a workspace and a name", { workspaceId: "x", name: "A" }, { name: "x" }],
    ["a workspace and an address", { workspaceId: "x", name: "A" }, { baseUrl: "https://x", name: "B" }],
    ["two names of one place", { name: "a" }, { name: "b" }],
  ])("are never the same for %s", (_name, one, other) => {
    // The third makes the second one of two equals, which is when its name counts.
    const ids = idsOf({ ...beijing, ...one }, { ...beijing, ...other }, { ...beijing, ...other, name: "Z" });
    expect(new Set(ids).size).toBe(3);
  });

  describe("find the rows of before", () => {
    const other = { ...beijing, name: "Other account", apiKey: "sk-other-0123456789" };
    const named = (found: { view: { label: string } } | null) => found?.view.label ?? null;

    it.each([
      ["of when the id held the name", "dashscope:cn-beijing:Beijing", "Beijing"],
      ["of when it stood alone", "dashscope:cn-beijing", "Beijing"],
      ["of when it stood alone, the other's", "dashscope:cn-beijing", "Other account"],
      ["of now", "dashscope:cn-beijing:name=Beijing", "Beijing"],
    ])("%s", (_name, id, label) => {
      const { find } = offeredWith({ CONNECTIONS: list(beijing, other) });
      expect(named(find({ id, label }))).toBe(label);
    });

    it("and leave alone what may be another account's", () => {
      const { find } = offeredWith({ CONNECTIONS: list(beijing, other) });
      expect(find({ id: "dashscope:cn-beijing", label: "A third" })).toBeNull();
      expect(find({ id: "dashscope:cn-beijing:name=A%20third", label: "A third" })).toBeNull();
      // The old id of the workspace `Beijing`, which is not set up any more, is also that of the name.
      expect(find({ id: "dashscope:cn-beijing:Beijing", label: "Model Studio, Beijing" })).toBeNull();
    });

    it("of a connection that was renamed while it stood alone", () => {
      const { find } = offeredWith({ CONNECTIONS: list({ ...beijing, name: "Films" }) });
      expect(named(find({ id: "dashscope:cn-beijing", label: "Beijing" }))).toBe("Films");
    });
  });

  it("at this machine are tests, by either vendor", () => {
    const at = (baseUrl: string) =>
      offeredWith({ CONNECTIONS: list({ ...gateway, baseUrl }) }).offered[0]?.view;
    expect(at("http://127.0.0.1:8787")).toMatchObject({ isTest: true });
    expect(at("https://api.aimlapi.com")).toMatchObject({ isTest: false });
  });
});

describe("a wrong list stops the start, names the place, and shows no key", () => {
  it.each([
    ["no list", `{"apiKey": "${KEY}"}`, "nor a file"],
    ["a text that breaks off", `[{"apiKey": "${KEY}"`, "no valid JSON"],
    ["a missing file", "/no/such/file.json", "ENOENT"],
    ["a stranger of a vendor", list({ ...beijing, vendor: KEY }), "CONNECTIONS.0.vendor"],
    ["a region of another world", list({ ...beijing, region: KEY }), "CONNECTIONS.0.region"],
    [
      "a name that is there twice",
      list(beijing, { ...gateway, name: "BEIJING" }),
      "“BEIJING” is there twice",
    ],
    ["an account without a name", list({ ...beijing, account: "" }), "CONNECTIONS.0.account"],
    ["a name that is none", list({ ...beijing, name: "" }), "CONNECTIONS.0.name"],
    ["a missing key", list({ name: "A", vendor: "aimlapi" }), "CONNECTIONS.0.apiKey"],
    ["an empty key", list({ ...gateway, apiKey: "" }), "CONNECTIONS.0.apiKey"],
    ["a setting of the other vendor", list({ ...gateway, region: "cn-beijing" }), "region"],
    [
      "Frankfurt without a workspace",
      list({ ...beijing, region: "eu-central-1" }),
      "CONNECTIONS.0.workspaceId",
    ],
    ["an address that is none", list({ ...gateway, baseUrl: KEY }), "CONNECTIONS.0.baseUrl"],
    ["a list in a list", list([beijing]), "CONNECTIONS.0"],
  ])("%s", (_name, CONNECTIONS, words) => {
    const error = (() => {
      try {
        readEnv({ CONNECTIONS });
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toBeInstanceOf(EnvError);
    expect((error as EnvError).message).toContain(words);
    expect(`${error} ${(error as EnvError).stack} ${(error as EnvError).cause}`).not.toContain(KEY);
  });
});
