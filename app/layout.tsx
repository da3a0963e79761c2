import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { readTheme, THEME_COOKIE } from "@/components/ui/theme";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Firstframe", template: "%s · Firstframe" },
  description: "A self-hosted studio that turns pictures into video.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: dark)", color: "#0c0d10" },
    { media: "(prefers-color-scheme: light)", color: "#f8f7f5" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // A cookie, so that the first paint already has the chosen theme, with scripts off too.
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme}>
      <body className="font-sans text-body">{children}</body>
    </html>
  );
}
