/** Every refusal a person can meet, with the HTTP status a route answers with. */
export const ERROR_STATUS = {
  "bad-request": 400,
  "bad-json": 400,
  "body-too-large": 413,
  "invalid-input": 422,
  "price-changed": 409,
  "state-changed": 409,
  "already-ordered": 409,
  "over-cap": 402,
  "too-many-requests": 429,
  "sign-in-required": 401,
  "forbidden-origin": 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "upload-incomplete": 400,
  "upload-larger-than-announced": 400,
  "file-too-large": 413,
  "file-empty": 422,
  "file-not-accepted": 415,
  "file-damaged": 422,
  "file-out-of-limits": 422,
  "model-not-offered": 422,
  "storage-full": 507,
  unavailable: 503,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Field name to sentence; names are those of the form (`prompt`, `durationSeconds`, `firstFrame`, …). */
export type FieldErrors = Record<string, string>;

/** What leaves the server when something was refused. */
export type ErrorView = { code: ErrorCode; message: string; fields?: FieldErrors };

/**
 * The one error class of our own refusals. `message` is a sentence for the person; the cause is for the log.
 * Routes and server start-up are separate bundles, so ask `isAppError`, never `instanceof`.
 */
export class AppError extends Error {
  readonly isAppError = true;
  readonly code: ErrorCode;
  readonly fields: FieldErrors | undefined;

  constructor(code: ErrorCode, message: string, options: { fields?: FieldErrors; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.fields = options.fields;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && "isAppError" in error && error.isAppError === true;
}

/** The sentence for anything we did not foresee; details stay in the log. */
export const INTERNAL_ERROR: ErrorView = {
  code: "internal",
  message:
    "Something broke on our side. Look whether it happened, then try again; the server's log has the details.",
};

export function toErrorView(error: unknown): ErrorView {
  if (!isAppError(error)) return INTERNAL_ERROR;
  const view: ErrorView = { code: error.code, message: error.message };
  if (error.fields) view.fields = error.fields;
  return view;
}
