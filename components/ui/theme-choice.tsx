"use client";

import { useEffect, useState } from "react";
import { Segmented } from "./segmented";
import { readTheme, THEME_COOKIE, type Theme } from "./theme";

const YEAR_SECONDS = 31_536_000;

const OPTIONS = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const satisfies readonly { value: Theme; label: string }[];

export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(readTheme(document.documentElement.dataset.theme)), []);
  return (
    <Segmented
      label="Theme"
      options={OPTIONS}
      value={theme}
      onChange={(value) => {
        setTheme(value);
        document.documentElement.dataset.theme = value;
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet.
        document.cookie = `${THEME_COOKIE}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
      }}
    />
  );
}
