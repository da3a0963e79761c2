import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port";

const PACKAGES = ["ceph-mon", "ceph-osd", "ceph-mgr", "radosgw", "ceph-common"];
const READY_MS_MAX = 90_000;
const run = promisify(execFile);

export type CephServer = {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): Promise<void>;
};

/**
 * A Ceph of one monitor, one manager and one disk in memory with its S3 gateway, all on loopback and in a fresh folder. The
 * programs come from Debian's packages, which are installed where that may be done.
 */
export async function startCeph(): Promise<CephServer> {
  installPackages();
  const folder = await mkdtemp(join(tmpdir(), "firstframe-ceph-"));
  const children: ChildProcess[] = [];
  const [monitorPort, gatewayPort] = [await freePort(), await freePort()];
  const config = join(folder, "ceph.conf");
  const keyring = join(folder, "keyring");
  const [cluster, disk] = [randomUUID(), randomUUID()];
  const accessKeyId = randomBytes(8).toString("hex");
  const secretAccessKey = randomBytes(16).toString("hex");

  function start(name: string, ...args: string[]): void {
    const log = openSync(join(folder, `${name}.log`), "a");
    children.push(spawn(name, ["-c", config, "-f", ...args], { stdio: ["ignore", log, log] }));
  }

  const ceph = (...args: string[]) => run("ceph", ["-c", config, "--connect-timeout", "30", ...args]);

  async function stop(): Promise<void> {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((done) => child.once("exit", done));
      // There is nothing to keep: the disk is memory.
      child.kill("SIGKILL");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  }

  try {
    for (const part of ["mon", "mgr", "osd"]) await mkdir(join(folder, part));
    await writeFile(config, configuration(folder, cluster, monitorPort));
    await run("ceph-authtool", [
      "--create-keyring",
      keyring,
      "--gen-key",
      "-n",
      "mon.",
      "--cap",
      "mon",
      "allow *",
    ]);
    await run("ceph-authtool", [
      ...[keyring, "--gen-key", "-n", "client.admin"],
      ...["mon", "osd", "mgr"].flatMap((part) => ["--cap", part, "allow *"]),
    ]);
    const map = join(folder, "monmap");
    await run("monmaptool", [
      ...["--create", "--addv", "a", `[v2:127.0.0.1:${monitorPort}]`, "--fsid", cluster, map],
    ]);
    await run("ceph-mon", ["-c", config, "--mkfs", "-i", "a", "--monmap", map, "--keyring", keyring]);
    start("ceph-mon", "-i", "a");
    await ceph("auth", "get-or-create", "mgr.a", "mon", "allow profile mgr", "osd", "allow *");
    await ceph("auth", "get", "mgr.a", "-o", join(folder, "mgr", "keyring"));
    start("ceph-mgr", "-i", "a");
    await ceph("osd", "new", disk);
    await ceph(
      "auth",
      "get-or-create",
      "osd.0",
      "mon",
      "allow profile osd",
      "osd",
      "allow *",
      "mgr",
      "allow *",
    );
    await ceph("auth", "get", "osd.0", "-o", join(folder, "osd", "keyring"));
    await run("ceph-osd", ["-c", config, "-i", "0", "--mkfs", "--osd-uuid", disk]);
    start("ceph-osd", "-i", "0");
    await run("radosgw-admin", [
      ...["-c", config, "user", "create", "--uid=firstframe", "--display-name=Firstframe"],
      ...[`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`],
    ]);
    start("radosgw", "-n", "client.admin", "--rgw-frontends", `beast endpoint=127.0.0.1:${gatewayPort}`);
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    await waitUntilReady(endpoint);
    return { endpoint, accessKeyId, secretAccessKey, stop };
  } catch (error) {
    const logs = await Promise.all(
      ["ceph-mon", "ceph-mgr", "ceph-osd", "radosgw"].map((name) =>
        readFile(join(folder, `${name}.log`), "utf8").catch(() => ""),
      ),
    );
    await stop();
    throw new Error(`Ceph did not start:\n${logs.join("\n")}`, { cause: error });
  }
}

function installPackages(): void {
  if (existsSync("/usr/bin/radosgw") && existsSync("/usr/bin/ceph-mon")) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) {
    throw new Error(
      `There is no S3 server to test with. Name one in TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY_ID and TEST_S3_SECRET_ACCESS_KEY, or install ${PACKAGES.join(" ")}.`,
    );
  }
  console.log(`Installing ${PACKAGES.join(" ")} for an S3 server to test with.`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "--no-install-recommends", ...PACKAGES];
  try {
    execFileSync("apt-get", install, { env, stdio: "pipe" });
  } catch {
    execFileSync("apt-get", ["update"], { env, stdio: "pipe" });
    execFileSync("apt-get", install, { env, stdio: "pipe" });
  }
}

function configuration(folder: string, cluster: string, port: number): string {
  return `[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${port}]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = ${folder}
admin socket =
pid file =
log file = /dev/null
mon data = ${join(folder, "mon")}
mon allow pool size one = true
mon max pg per osd = 1000
mgr data = ${join(folder, "mgr")}
mgr initial modules =
osd data = ${join(folder, "osd")}
osd objectstore = memstore
memstore device bytes = 4294967296
osd crush chooseleaf type = 0
osd max object name len = 256
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
[mon]
keyring = ${join(folder, "keyring")}
[client]
keyring = ${join(folder, "keyring")}
`;
}

async function waitUntilReady(endpoint: string): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  for (;;) {
    const answer = await fetch(endpoint).catch(() => null);
    if (answer?.ok) return;
    if (performance.now() > deadline) throw new Error("The S3 gateway does not answer");
    await pause(200);
  }
}
