import { afterAll, describe, expect, test } from "vitest";
import { type Answer, CREATE, GET_HEADERS, POST_HEADERS, pythonBody, serve } from "./sdk-wire";
import { dataUri, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

describe("waiting", () => {
  test("looks at 0, 1, 2, 4, 6, 8, 12, 16, 20 s and then every 5 s are all answered, in the order of a task's life, up to its film", async () => {
    const { send, clock } = await serve(media);
    const body = await pythonBody({
      input: { prompt: "a boat", media: [{ type: "first_frame", url: await dataUri() }] },
      parameters: { resolution: "720P", duration: 2 },
    });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    const words: string[] = [];
    const look = async () => {
      const reply = await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS);
      expect(reply.status).toBe(200);
      const { output } = reply.json();
      if (words.at(-1) !== output.task_status) words.push(output.task_status);
      return output;
    };
    for (const waitSeconds of [0, 1, 1, 2, 2, 2, 4, 4, 4, ...Array(20).fill(5)]) {
      clock.advance(waitSeconds * 1000);
      await look();
    }
    // The film is really being rendered, while the clock stands still.
    let last: Answer["output"] | undefined;
    await expect
      .poll(
        async () => {
          clock.advance(5_000);
          last = await look();
          return last.task_status;
        },
        { timeout: 60_000, interval: 100 },
      )
      .toBe("SUCCEEDED");
    expect(words).toEqual(["PENDING", "RUNNING", "SUCCEEDED"]);
    expect(last?.video_url).toMatch(/^http/);
  });

  test("a wait that is given up after hours leaves a task that still runs, with no video_url", async () => {
    const { send, clock } = await serve(media);
    const body = await pythonBody({
      input: { prompt: "[demo:stuck]", media: [{ type: "first_frame", url: await dataUri() }] },
    });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    clock.advance(3 * 3_600_000);
    const { output } = (await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json();
    expect(output.task_status).toBe("RUNNING");
    expect(output).not.toHaveProperty("video_url");
  });

  test("more than twenty looks a second are 429 with a code, never the 503 or 504 that the SDK waits out", async () => {
    const { send } = await serve(media);
    const replies = [];
    for (let look = 0; look < 25; look++)
      replies.push(await send("GET", "/api/v1/tasks/nobody", GET_HEADERS));
    expect(replies.map(({ status }) => status)).toEqual([...Array(20).fill(200), ...Array(5).fill(429)]);
    expect(replies.at(-1)?.json().code).toBe("Throttling.RateQuota");
  });

  test("two looks within the first second are answered, as are the twenty of an impatient one", async () => {
    const { send } = await serve(media);
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody())).json().output;
    for (let look = 0; look < 20; look++) {
      expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).status).toBe(200);
    }
  });

  test.each([
    ["FAILED", { input: {} }],
    ["CANCELED", {}],
    ["UNKNOWN", {}],
  ])("%s is a word that ends the wait", async (word, change) => {
    const { send } = await serve(media);
    const made = (await send("POST", CREATE, POST_HEADERS, await pythonBody(change))).json().output.task_id;
    if (word === "CANCELED") await send("POST", `/api/v1/tasks/${made}/cancel`, GET_HEADERS);
    const id = word === "UNKNOWN" ? "nobody" : made;
    expect((await send("GET", `/api/v1/tasks/${id}`, GET_HEADERS)).json().output.task_status).toBe(word);
  });

  test("too many starts are 429 with a code, which ends the wait of the SDK", async () => {
    const { send } = await serve(media);
    for (let count = 0; count < 5; count++) await send("POST", CREATE, POST_HEADERS, await pythonBody());
    const reply = await send("POST", CREATE, POST_HEADERS, await pythonBody());
    expect([reply.status, reply.json().code]).toEqual([429, "Throttling.RateQuota"]);
  });
});
