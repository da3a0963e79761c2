import type { ComponentProps } from "react";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger" | "on-picture";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-lamp text-on-lamp font-semibold hover:bg-lamp-hover",
  plain: "bg-raised text-ink border border-line hover:bg-lifted",
  quiet: "text-muted hover:bg-raised hover:text-ink",
  danger: "bg-bad text-bad-ink border border-bad-line hover:bg-lifted",
  "on-picture": "bg-scrim text-on-scrim hover:text-lamp",
};

const SHAPE =
  "inline-flex min-h-8 shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-control px-3 text-small transition-colors pointer-coarse:min-h-11 disabled:opacity-50";

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = "plain"): string {
  return `${SHAPE} ${LOOKS[look]}`;
}

export function Button({
  look = "plain",
  className = "",
  type = "button",
  ...rest
}: ComponentProps<"button"> & { look?: ButtonLook }) {
  return <button type={type} className={`${buttonClass(look)} ${className}`} {...rest} />;
}
