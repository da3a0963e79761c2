import { requestOrigin } from "@/lib/server/request-origin";
import { respond } from "@/lib/server/respond";
import { spendCsv } from "@/lib/server/spend/spend-csv";

/** GET: the month's rows (`?month=YYYY-MM`) as a file: the viewer's own, an operator's all. */
export function GET(request: Request): Promise<Response> {
  return respond(async ({ viewer, services }) => {
    const { fileName, text } = await spendCsv(services, viewer, {
      askedMonth: new URL(request.url).searchParams.get("month"),
      origin: requestOrigin(services.env.publicUrl, request.headers),
    });
    return new Response(text, {
      headers: {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="${fileName}"`,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
      },
    });
  });
}
