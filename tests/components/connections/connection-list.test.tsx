import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { ConnectionList } from "@/components/connections/connection-list";
import { demoConnection } from "../factories";

const frankfurt = {
  ...demoConnection,
  id: "f",
  label: "Films in Frankfurt",
  place: { vendor: "dashscope", region: "eu-central-1" },
  isDemo: false,
} as const;

afterEach(cleanup);

test("a test says in words what is good, what is wrong and what cannot be told, and that nothing was spent", async () => {
  render(
    <ConnectionList
      connections={[demoConnection, frankfurt]}
      testConnection={async ({ id }) => ({
        ok: true,
        value: {
          connectionId: id,
          checkedAt: Date.now(),
          checks: [
            { subject: "key", verdict: "good", message: "The key was taken." },
            { subject: "region", verdict: "bad", message: "The key belongs to Singapore." },
            { subject: "models", verdict: "unknown", message: "Only a clip can tell." },
          ],
        },
      })}
    />,
  );
  const card = within(screen.getByRole("region", { name: "Films in Frankfurt" }));
  expect(card.getByText("It has Wan 2.6.")).toBeTruthy();
  await userEvent.click(card.getByRole("button", { name: "Test" }));
  for (const words of ["Good", "Wrong", "Cannot tell", "The key belongs to Singapore."]) {
    expect(card.getByText(words)).toBeTruthy();
  }
  expect(card.getByText(/nothing was spent/)).toBeTruthy();
});

test("a test that gets no answer says so and can be pressed again", async () => {
  render(
    <ConnectionList connections={[frankfurt]} testConnection={() => Promise.reject(new Error("offline"))} />,
  );
  await userEvent.click(screen.getByRole("button", { name: "Test" }));
  expect(screen.getByText("The studio did not answer. Try again.")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Test again" })).toBeTruthy();
});
