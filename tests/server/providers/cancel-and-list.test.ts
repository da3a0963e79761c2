import { expect, it } from "vitest";
import { createDashScope } from "@/lib/server/providers/dashscope/client";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";

const signal = new AbortController().signal;

function openVendor(routes: Parameters<typeof createScriptedVendor>[0]) {
  const vendor = createScriptedVendor(routes);
  const baseUrl = "https://vendor.example/api/v1";
  const provider = createDashScope({
    baseUrl,
    region: "ap-southeast-1",
    apiKey: "sk-list-0123456789",
    fetch: vendor.fetch,
    now: () => 0,
  });
  const { cancel, list } = provider;
  if (!cancel || !list) throw new Error("DashScope can do both");
  return { ...vendor, cancel, list };
}

it("a task that has not begun is taken back, by a call with no body", async () => {
  const vendor = openVendor({ "POST /api/v1/tasks/": [json(200, { request_id: "r" })] });
  expect(await vendor.cancel({ taskId: "task/1" }, signal)).toBe("cancelled");
  expect(vendor.sent[0]).toMatchObject({
    method: "POST",
    url: "https://vendor.example/api/v1/tasks/task%2F1/cancel",
    body: "",
    headers: { authorization: "Bearer sk-list-0123456789" },
  });
});

it("a task that has begun is told from one that could not be asked about", async () => {
  const message = "Failed to cancel the task, please confirm if the task is in PENDING status.";
  const running = json(400, { code: "UnsupportedOperation", message, request_id: "q" });
  expect(await openVendor({ "POST /": [running] }).cancel({ taskId: "t" }, signal)).toBe("too-late");
  const wrongKey = json(401, { code: "InvalidApiKey", message: "", request_id: "q" });
  await expect(openVendor({ "POST /": [wrongKey] }).cancel({ taskId: "t" }, signal)).rejects.toMatchObject({
    failure: { kind: "bad-key" },
  });
  const broken = new Response("<html>", { status: 502 });
  await expect(openVendor({ "POST /": [broken] }).cancel({ taskId: "t" }, signal)).rejects.toMatchObject({
    accepted: "unknown",
  });
});

it("the account's tasks are listed with times in milliseconds, those that are not there yet as null", async () => {
  const vendor = openVendor({
    "GET /api/v1/tasks/": [
      json(200, {
        request_id: "r",
        total: 2,
        total_page: 3,
        page_no: 2,
        page_size: 100,
        data: [
          {
            task_id: "t1",
            status: "SUCCEEDED",
            model_name: "wan2.7-i2v",
            region: "cn-beijing",
            request_id: "q",
            gmt_create: 1776048347597,
            start_time: 1776048356342,
            end_time: 1776048446273,
          },
          { task_id: "t2", status: "RUNNING", gmt_create: 1776048347597, start_time: 1776048356342 },
        ],
      }),
    ],
  });
  expect(await vendor.list({ modelName: "wan2.7-i2v", word: "RUNNING", page: 2 }, signal)).toEqual({
    pageCount: 3,
    tasks: [
      {
        taskId: "t1",
        word: "SUCCEEDED",
        modelName: "wan2.7-i2v",
        requestId: "q",
        createdAt: 1776048347597,
        startedAt: 1776048356342,
        endedAt: 1776048446273,
      },
      {
        taskId: "t2",
        word: "RUNNING",
        modelName: null,
        requestId: null,
        createdAt: 1776048347597,
        startedAt: 1776048356342,
        endedAt: null,
      },
    ],
  });
  expect(vendor.sent[0]?.url).toBe(
    "https://vendor.example/api/v1/tasks/?page_no=2&page_size=100&model_name=wan2.7-i2v&status=RUNNING",
  );
});

it("a list that makes no sense is an error, not an empty list", async () => {
  const vendor = openVendor({ "GET /api/v1/tasks/": [json(200, { hello: "world" })] });
  await expect(vendor.list({}, signal)).rejects.toMatchObject({ failure: { kind: "no-clear-answer" } });
});

it("a vendor that gives no pages of a hundred is asked for the documented ten, once and for all", async () => {
  const tooLarge = json(400, { code: "InvalidParameter", message: "page_size", request_id: "q" });
  const page = json(200, { total: 11, total_page: 2, page_no: 1, page_size: 10, data: [] });
  const vendor = openVendor({ "GET /api/v1/tasks/": [tooLarge, page] });
  expect(await vendor.list({}, signal)).toEqual({ pageCount: 2, tasks: [] });
  await vendor.list({ page: 2 }, signal);
  expect(vendor.sent.map(({ url }) => new URL(url).search)).toEqual([
    "?page_no=1&page_size=100",
    "?page_no=1&page_size=10",
    "?page_no=2&page_size=10",
  ]);
});

it("a later page that is refused for its size is an error, not a page of another size", async () => {
  const tooLarge = json(400, { code: "InvalidParameter", message: "page_size", request_id: "q" });
  const vendor = openVendor({ "GET /api/v1/tasks/": [tooLarge] });
  await expect(vendor.list({ page: 2 }, signal)).rejects.toMatchObject({ accepted: "no" });
  expect(vendor.sent).toHaveLength(1);
});

it("a list that does not say how many pages it has goes on until one is empty", async () => {
  const row = { task_id: "t1", status: "RUNNING" };
  const { list } = openVendor({
    "GET /api/v1/tasks/": [
      json(200, { request_id: "r", data: [row] }),
      json(200, { request_id: "r", data: [] }),
    ],
  });
  expect((await list({ page: 1 }, signal)).pageCount).toBe(2);
  expect((await list({ page: 2 }, signal)).pageCount).toBe(2);
});
