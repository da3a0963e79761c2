import { openRoute } from "@/lib/server/api-respond";
import { answerMetrics } from "@/lib/server/operations/answer-probe";

/** GET: what this process counts, in Prometheus' text format. */
export default openRoute(["GET", "HEAD"], async (request, response, services) => {
  const { status, headers, body } = await answerMetrics(services, request.headers.authorization);
  response.writeHead(status, headers).end(body);
});
