/** A refusal in the vendor's words: as an HTTP error when creating, or inside a FAILED task. (Error code page.) */
export class VendorError extends Error {
  override readonly name = "VendorError";

  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export const invalidParameter = (message: string) => new VendorError("InvalidParameter", message);
export const fieldRequired = (path: string) => invalidParameter(`Field required: ${path}`);
export const internalError = () =>
  new VendorError(
    "InternalError",
    "An internal error has occured, please try again later or contact service support.",
    500,
  );
export const rateExceeded = () =>
  new VendorError("Throttling.RateQuota", "Requests rate limit exceeded, please try again later.", 429);
export const notFound = () => new VendorError("NotFound", "The requested resource does not exist.", 404);
export const modelNotFound = () => new VendorError("InvalidParameter", "Model not exist.", 404);
export const parameterMissing = (name: string) =>
  invalidParameter(`Required parameter(${name}) missing or invalid, please check the request parameters.`);
export const outputRefused = () =>
  new VendorError("DataInspectionFailed", "Output data may contain inappropriate content.");
export const inputRefused = () =>
  new VendorError("DataInspectionFailed", "Input data may contain inappropriate content.");
