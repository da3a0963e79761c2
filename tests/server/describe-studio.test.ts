import { expect, it } from "vitest";
import { describeStudio } from "@/lib/server/describe-studio";
import { readEnv } from "@/lib/server/env";

it("a start tells whom it pays, how much at most, and where the data lies, and no secret", () => {
  const lines = describeStudio(
    readEnv({
      ...{ DASHSCOPE_API_KEY: "sk-secret-1", DASHSCOPE_REGION: "cn-beijing", TZ: "Europe/Berlin" },
      CONNECTIONS: JSON.stringify([
        { name: "Gateway", vendor: "aimlapi", apiKey: "secret-2" },
        { name: "Ours", vendor: "dashscope", apiKey: "secret-3", baseUrl: "http://127.0.0.1:8787/api/v1" },
      ]),
      ...{ SPEND_CAP_DAY: "20 USD, 100 CNY", SPEND_CAP_PERSON_MONTH: "5 USD" },
      ...{ DATABASE_URL: "postgres://studio:secret-4@db.internal:5433/firstframe?sslkey=secret-5" },
      ...{ AUTH_SECRET: "secret-6-0123456789abcdef01234567" },
      ...{ S3_BUCKET: "clips", S3_ENDPOINT: "https://s3.internal" },
      ...{ S3_ACCESS_KEY_ID: "secret-7", S3_SECRET_ACCESS_KEY: "secret-8" },
    }),
  );
  expect(lines).toEqual([
    "Clips are ordered and paid at: Model Studio, Beijing; Gateway (AI/ML API); Ours (Model Studio, Singapore, at 127.0.0.1:8787)",
    "Spending caps: everybody together $20.00 a day, everybody together ¥100.00 a day, each person $5.00 a month; a day begins at midnight in Europe/Berlin",
    "Data: PostgreSQL at db.internal:5433/firstframe, files in the bucket clips at https://s3.internal",
  ]);
  expect(lines.join()).not.toContain("secret");
});

it("a start without a key says that it is the demo; one without caps says that there are none", () => {
  expect(describeStudio(readEnv({ DATA_DIR: "/srv/ff" }))).toEqual([
    expect.stringMatching(/^Demo mode: .* nothing is charged\.$/),
    "Data: in /srv/ff",
  ]);
  expect(describeStudio(readEnv({ DATA_DIR: "/srv/ff", DASHSCOPE_API_KEY: "sk-1" }))).toEqual([
    "Clips are ordered and paid at: Model Studio, Singapore",
    "Spending caps: none",
    "Data: in /srv/ff",
  ]);
});
