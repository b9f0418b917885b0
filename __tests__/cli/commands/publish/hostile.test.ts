import {
  accessDocument,
  accessDocumentSchema,
  publishedEnvironment,
} from "../../../../cli/commands/publish/access-document";
import { accessPage } from "../../../../cli/commands/publish/access-page";
import { environmentFiles } from "../../../../cli/commands/publish/environment-files";
import { changesSince } from "../../../../cli/commands/publish/since";
import type { Environment } from "../../../../stacks/environments/environment";
import { portableEnvironment } from "../../../../stacks/portable/portable";
import { HOSTILE, hostileCopies, obeyedIn, outsideOfCode, shownIn } from "../../../support/hostile";
import { environmentOf } from "../../../support/live-account";
import { isThorough, sample } from "../../../support/thorough";

test("a README shows names, IDs and ARNs only as code, and each in its cell", () => {
  const environment = environmentOf("full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] }");
  const terraform = portableEnvironment(environment);
  const access = publishedEnvironment(environment, terraform);
  const readmeWith = (text: string) => {
    const channels = access.channels.map((one) => ({ ...one, name: text, workspace: text, channel: text }));
    const accesses = access.accesses.map((one) => ({ ...one, roleArn: text, permissionsBoundary: text }));
    const files = environmentFiles({ ...environment, deployRole: text }, terraform, { ...access, channels, accesses });
    return files.get("README.md") ?? "";
  };
  const readme = readmeWith(HOSTILE);
  expect(readme.split("<img src=x>")).toHaveLength(1 + 6);
  expect([...shownIn(readme), ...obeyedIn(readme)]).toEqual([]);
  const tagsIn = (markdown: string) => outsideOfCode(markdown).match(/<\/?\w+/g);
  expect(tagsIn(readme)).toEqual(tagsIn(readmeWith("a")));
});

test("the content of an earlier publication becomes neither HTML nor invisible characters", () => {
  const documentOf = (environment: Environment) =>
    accessDocument([publishedEnvironment(environment, portableEnvironment(environment))], "1.2.0");
  const now = documentOf(environmentOf("full: { until: 2099-12-31 }"));
  const before = documentOf(
    environmentOf(
      "account-alias: a, full: { permissions-boundary: 'arn:aws:iam::aws:policy/C', channels: [{ name: oncall, workspace: T1, channel: C1 }] }",
    ),
  );
  let shown = 0;
  for (const copy of sample([...hostileCopies(JSON.parse(JSON.stringify(before)))], 4)) {
    const { success, data: since } = accessDocumentSchema.safeParse(copy);
    if (!success) continue;
    const page = accessPage(now, { version: since.version, changes: changesSince(since, now) });
    expect(page.match(/<img|<\/code><\/td|'" \\/)).toBeNull();
    expect(obeyedIn(page)).toEqual([]);
    shown += Number(page.includes("&#60;img src=x&#62;"));
  }
  expect(shown).toBeGreaterThan(isThorough ? 5 : 0);
});
