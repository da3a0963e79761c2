import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Failure } from "@/lib/domain/failure";
import { GENERATION_STATES, type GenerationState, isTerminal } from "@/lib/domain/generation";
import {
  type GenerationEvent,
  type GenerationEventType,
  type GenerationLife,
  newLife,
  next,
} from "@/lib/domain/generation-state";

const failure: Failure = {
  kind: "test",
  title: "It failed",
  explanation: "Because.",
  input: null,
  charged: "no",
  advice: "retry",
  raw: null,
};

const EVENTS: { [Type in GenerationEventType]: Extract<GenerationEvent, { type: Type }> } = {
  claimed: { type: "claimed", at: 2 },
  accepted: { type: "accepted", at: 2, remoteTask: { taskId: "t" }, deadlineAt: 99, dueAt: 5 },
  postponed: { type: "postponed", at: 2, dueAt: 7, failure },
  refused: { type: "refused", at: 2, failure },
  "fate-unknown": { type: "fate-unknown", at: 2, dueAt: null, failure },
  "inputs-unread": { type: "inputs-unread", at: 2, way: "upload", taskId: "t", failure },
  found: { type: "found", at: 2, remoteTask: { taskId: "t" }, deadlineAt: 99, dueAt: 5 },
  "still-unconfirmed": { type: "still-unconfirmed", at: 2, dueAt: 7, failure },
  "closed-by-person": { type: "closed-by-person", at: 2, failure },
  progressed: { type: "progressed", at: 2, remoteWord: "RUNNING", dueAt: 9 },
  "put-off": { type: "put-off", at: 2, dueAt: 9 },
  "cancel-asked": { type: "cancel-asked", at: 2 },
  "cancel-refused": { type: "cancel-refused", at: 2, refusal: "too-late", remoteWord: "RUNNING", dueAt: 9 },
  finished: {
    type: "finished",
    at: 2,
    result: { url: "https://x.example/a.mp4", expiresAt: 50 },
    usage: { duration: 5 },
    cost: { amountMicro: 500_000, currency: "USD" },
    actualPrompt: null,
  },
  "remote-cancelled": { type: "remote-cancelled", at: 2 },
  "remote-failed": { type: "remote-failed", at: 2, failure },
  stored: { type: "stored", at: 2, videoAssetId: "ast_v", posterAssetId: "ast_p" },
  "not-stored": { type: "not-stored", at: 2, dueAt: 8, failure },
  lost: { type: "lost", at: 2, failure },
};
const EVENT_TYPES = Object.keys(EVENTS) as GenerationEventType[];

// Written from the life of a generation as it is meant to be, not from the code. What is not here is refused.
const MEANT: Record<GenerationState, Partial<Record<GenerationEventType, GenerationState>>> = {
  queued: { claimed: "submitting", postponed: "queued", refused: "failed", "cancel-asked": "cancelled" },
  submitting: {
    accepted: "running",
    postponed: "queued",
    refused: "failed",
    "inputs-unread": "queued",
    "fate-unknown": "unconfirmed",
    "cancel-asked": "submitting",
  },
  unconfirmed: {
    found: "running",
    "still-unconfirmed": "unconfirmed",
    refused: "failed",
    "closed-by-person": "failed",
  },
  running: {
    progressed: "running",
    "put-off": "running",
    "cancel-asked": "running",
    "cancel-refused": "running",
    finished: "saving",
    "remote-cancelled": "cancelled",
    "remote-failed": "failed",
    "inputs-unread": "queued",
  },
  saving: { stored: "succeeded", "not-stored": "saving", lost: "failed" },
  succeeded: {},
  failed: {},
  cancelled: {},
};

function lifeIn(state: GenerationState): GenerationLife {
  return { ...newLife(1), state, version: 3 };
}

describe("every pair of state and event", () => {
  for (const state of GENERATION_STATES) {
    for (const type of EVENT_TYPES) {
      const target = MEANT[state][type];
      it(`${state} + ${type} ${target ? `becomes ${target}` : "is refused"}`, () => {
        const before = lifeIn(state);
        const after = next(before, EVENTS[type]);
        expect(after?.state).toBe(target);
        if (after) expect(after.version).toBe(before.version + 1);
        expect(before).toEqual(lifeIn(state));
      });
    }
  }
});

describe("what an event carries", () => {
  it("keeps the remote task, its deadline and the next look of an accepted start", () => {
    expect(next(lifeIn("submitting"), EVENTS.accepted)).toMatchObject({
      remoteTask: { taskId: "t" },
      deadlineAt: 99,
      dueAt: 5,
    });
  });

  it("never lets an unconfirmed start be sent again", () => {
    const unsure = next(lifeIn("submitting"), EVENTS["fate-unknown"]);
    const later = unsure && next(unsure, EVENTS["still-unconfirmed"]);
    expect(later?.state).toBe("unconfirmed");
    for (const event of Object.values(EVENTS)) {
      expect(later && next(later, event)?.state).not.toBe("queued");
    }
  });

  it("keeps the file of a clip whose cancel came too late, and calls it cancelled", () => {
    const asked = next(lifeIn("running"), EVENTS["cancel-asked"]);
    const finished = asked && next(asked, EVENTS.finished);
    const stored = finished && next(finished, EVENTS.stored);
    expect(stored).toMatchObject({ state: "cancelled", videoAssetId: "ast_v", posterAssetId: "ast_p" });
  });

  it("sends an order whose inputs were not read again at once, as if it had never been sent, and never that way", () => {
    const sent = {
      ...lifeIn("running"),
      attempt: 3,
      remoteTask: { taskId: "t" },
      submittedAt: 1,
      deadlineAt: 99,
    };
    const again = next(sent, EVENTS["inputs-unread"]);
    expect(again).toMatchObject({
      state: "queued",
      attempt: 0,
      dueAt: 2,
      remoteTask: null,
      submittedAt: null,
      deadlineAt: null,
      unreadWays: ["upload"],
      formerTaskId: "t",
      failure,
    });
    const byLink = { ...sent, unreadWays: again?.unreadWays ?? [] };
    expect(next(byLink, EVENTS["inputs-unread"])).toMatchObject({ state: "failed", failure, dueAt: null });
    expect(next(byLink, { ...EVENTS["inputs-unread"], way: "link" })?.unreadWays).toEqual(["upload", "link"]);
  });

  it("sends nothing again for somebody who asked to stop", () => {
    const asked = next(lifeIn("running"), EVENTS["cancel-asked"]);
    expect(asked && next(asked, EVENTS["inputs-unread"])).toMatchObject({ state: "cancelled", dueAt: null });
  });

  it("sends nothing again that a backup brought back, and says why", () => {
    const restored = { ...lifeIn("running"), restoredAt: 1 };
    expect(next(restored, EVENTS["inputs-unread"])).toMatchObject({ state: "failed", failure, dueAt: null });
    expect(next(restored, EVENTS.finished)).toMatchObject({ state: "saving" });
  });

  it("makes a running row due at once when a cancel is asked for, and keeps the first wish", () => {
    const asked = next({ ...lifeIn("running"), dueAt: 90 }, EVENTS["cancel-asked"]);
    expect(asked).toMatchObject({ cancelRequestedAt: 2, dueAt: 2, cancelRefusal: null });
    expect(asked && next(asked, { type: "cancel-asked", at: 7 })?.cancelRequestedAt).toBe(2);
  });

  it("remembers why a cancel came to nothing, and what the vendor said then", () => {
    const asked = next(lifeIn("running"), EVENTS["cancel-asked"]);
    expect(asked && next(asked, EVENTS["cancel-refused"])).toMatchObject({
      cancelRequestedAt: 2,
      cancelRefusal: "too-late",
      remoteWord: "RUNNING",
      lastCheckedAt: 2,
      dueAt: 9,
    });
  });

  it("does nothing about a wish that comes during the start but remember it, until the answer is there", () => {
    const submitting = { ...lifeIn("submitting"), submittedAt: 1, dueAt: 1 };
    const asked = next(submitting, EVENTS["cancel-asked"]) ?? expect.fail("it was refused");
    expect(asked).toEqual({ ...submitting, version: 4, cancelRequestedAt: 2 });
    // Known now: due at once, not at the vendor's pace.
    expect(next(asked, EVENTS.accepted)).toMatchObject({ state: "running", dueAt: 2, cancelRequestedAt: 2 });
    const lost = next(asked, EVENTS["fate-unknown"]) ?? expect.fail("it was refused");
    expect(next(lost, EVENTS.found)).toMatchObject({ state: "running", dueAt: 2, cancelRequestedAt: 2 });
  });

  it("never sends again what its person wished to take back while it surely was not accepted", () => {
    const asked = next({ ...lifeIn("submitting"), submittedAt: 1 }, EVENTS["cancel-asked"]);
    expect(asked && next(asked, EVENTS.postponed)).toMatchObject({
      state: "cancelled",
      submittedAt: null,
      dueAt: null,
    });
  });

  it("takes a fresh link when the old one died, and keeps the old one otherwise", () => {
    const saving = { ...lifeIn("saving"), result: { url: "https://x.example/old", expiresAt: 1 } };
    const fresh = { url: "https://x.example/new", expiresAt: 2 };
    expect(next(saving, EVENTS["not-stored"])?.result?.url).toBe("https://x.example/old");
    expect(next(saving, { ...EVENTS["not-stored"], result: fresh })?.result).toEqual(fresh);
  });

  it("leaves nothing due once a row has ended", () => {
    for (const state of GENERATION_STATES) {
      for (const type of EVENT_TYPES) {
        const after = next({ ...lifeIn(state), dueAt: 5 }, EVENTS[type]);
        if (after && isTerminal(after.state)) expect(after).toMatchObject({ dueAt: null, finishedAt: 2 });
      }
    }
  });
});

describe("any sequence of events", () => {
  it("grows the version, never leaves a terminal state, and sends at most once unless a start surely failed", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENT_TYPES), { maxLength: 60 }), (types) => {
        let life: GenerationLife = newLife(0);
        let startsThatMayCount = 0;
        for (const type of types) {
          const after = next(life, EVENTS[type]);
          if (!after) continue;
          expect(isTerminal(life.state)).toBe(false);
          expect(after.version).toBe(life.version + 1);
          if (type === "claimed") startsThatMayCount += 1;
          if (type === "postponed" && life.state === "submitting") startsThatMayCount -= 1;
          if (type === "inputs-unread") startsThatMayCount -= 1;
          expect(startsThatMayCount).toBeLessThanOrEqual(1);
          life = after;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("starts nothing that a backup brought back, in whatever state but waiting", () => {
    const underWay = GENERATION_STATES.filter((state) => state !== "queued");
    const sequences = fc.array(fc.constantFrom(...EVENT_TYPES), { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(...underWay), sequences, (state, types) => {
        let life: GenerationLife = { ...lifeIn(state), restoredAt: 1 };
        for (const type of types) {
          life = next(life, EVENTS[type]) ?? life;
          expect(life.state).not.toBe("queued");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
