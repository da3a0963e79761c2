/**
 * Before the AWS SDK is loaded: it warns of Node 20 with lines of text among those of the log. (AWS SDK for JavaScript v3,
 * "Node.js version support".)
 */
export function quietLibraries(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
}
