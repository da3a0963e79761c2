import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test } from "vitest";
import { ShareDialog } from "@/components/share/share-dialog";
import type { ShareView } from "@/lib/domain/share";
import type { StudioActions } from "@/lib/domain/studio";
import { clipView } from "../factories";

beforeAll(() => {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

/** Keeps at most one link, as the server does. */
function shares(share: ShareView | null = null) {
  let current = share;
  const actions: Pick<StudioActions, "findShare" | "createShare" | "revokeShare"> = {
    findShare: async () => ({ ok: true, value: current }),
    createShare: async () => {
      current = { token: "t0k3n", createdAt: 1 };
      return { ok: true, value: current };
    },
    revokeShare: async ({ token }) => {
      if (token !== current?.token)
        return { ok: false, error: { code: "not-found", message: "No such link." } };
      current = null;
      return { ok: true, value: null };
    },
  };
  return { actions, current: () => current };
}

function draw(actions: Parameters<typeof ShareDialog>[0]["actions"]) {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ShareDialog view={clipView()} actions={actions} onClose={() => {}} />
    </QueryClientProvider>,
  );
}

const linkField = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Link to the clip" });

test("nothing is shared by opening the dialog: a link is made only when it is asked for", async () => {
  const { actions, current } = shares();
  draw(actions);
  await userEvent.click(await screen.findByRole("button", { name: "Make a link" }));
  expect((await linkField()).value).toMatch(/\/s\/t0k3n$/);
  expect(current()).not.toBeNull();
});

test("a link that exists is shown again, not made anew", async () => {
  const { actions } = shares({ token: "earlier", createdAt: 1 });
  draw(actions);
  expect((await linkField()).value).toMatch(/\/s\/earlier$/);
});

test("taken back, the link is gone from the screen and the dialog says so", async () => {
  const { actions, current } = shares({ token: "earlier", createdAt: 1 });
  draw(actions);
  await userEvent.click(await screen.findByRole("button", { name: "Take it back" }));
  expect(await screen.findByText(/^Taken back\./)).toBeTruthy();
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(current()).toBeNull();
});

test("a refusal is said in the server's words and the link stays on the screen", async () => {
  const { actions } = shares({ token: "earlier", createdAt: 1 });
  draw({
    ...actions,
    revokeShare: async () => ({
      ok: false,
      error: { code: "internal", message: "It could not be taken back." },
    }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Take it back" }));
  expect((await screen.findByRole("alert")).textContent).toBe("It could not be taken back.");
  expect((await linkField()).value).toMatch(/earlier$/);
});
