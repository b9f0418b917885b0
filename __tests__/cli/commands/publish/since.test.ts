import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf, publishingInTests, YAML } from "./publishing";

const { published } = publishingInTests();

describe("the change since an earlier publication", () => {
  const since = async (before: string, after: string) => {
    const folder = await published(after, "--since", await published(before));
    const page = readFileSync(join(folder, "access.html"), "utf8");
    return [...page.matchAll(/<li class="(gives|takes)"><b>([^<]*)<\/b>: ([^<]*)<\/li>/g)].map(
      ([, which, environment, text]) =>
        `${which} ${environment}: ${text?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))}`,
    );
  };

  test("is described in each module's README, for the given version", async () => {
    const earlier = await published();
    const files = filesOf(await published(YAML, "--version", "2.0.0", "--since", earlier));
    const readmes = Object.entries(files).filter(([path]) => path.endsWith("README.md") && !path.startsWith("env"));
    expect(readmes.map(([path]) => path)).toHaveLength(5);
    for (const [, readme] of readmes) {
      expect(readme).toContain("Version 2.0.0. ");
      expect(readme).toContain("From version `1.2.0` to 2.0.0, nothing in the modules needs your attention.");
    }
    const manifest = join(earlier, "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/ {2}"generatorVersion": .*\n/, ""));
    const unknown = await published(YAML, "--version", "2.0.0", "--since", earlier);
    expect(readFileSync(join(unknown, "README.md"), "utf8")).toContain(
      "What its versions changed in the modules:\n\n- 0.1.0: The first version.\n",
    );
  });

  test("is empty if nothing changed", async () => {
    const folder = await published(YAML, "--since", await published());
    expect(readFileSync(join(folder, "access.html"), "utf8")).toContain("<p>Nobody's access has changed.</p>");
  });

  test.each<[string, string, string, string[]]>([
    [
      "a capability",
      "[resolve-cases]",
      "[live-chat]",
      [
        "gives production: Channels that were configured by hand with AWSSupportAppFullRole gain resolve-cases.",
        "takes production: Channels that were configured by hand with AWSSupportAppFullRole lose live-chat.",
        "gives production: People in #support-oncall gain resolve-cases.",
        "takes production: People in #support-oncall lose live-chat.",
      ],
    ],
    [
      "a channel that is added and one that is removed",
      "channel: C02",
      "channel: C03",
      [
        "takes production: #support-oncall is removed.",
        "gives production: #support-oncall is added, with view-cases, create-cases, reply-to-cases, attach-files, live-chat, request-quota-increases.",
      ],
    ],
    [
      "a channel's name",
      "name: support-watch",
      "name: watch",
      ["takes production: #support-watch is now called #watch."],
    ],
    [
      "the first channel of a role",
      "read-only: {} }",
      "read-only: { channels: [{ name: a, workspace: T01, channel: C09 }] } }",
      ["gives staging: #a is added, with view-cases."],
    ],
    [
      "an environment",
      "  staging: {",
      "  qa: {",
      [
        "gives qa: The role AWSSupportAppReadOnlyRole is added, with view-cases.",
        "takes staging: The role AWSSupportAppReadOnlyRole is removed.",
      ],
    ],
    [
      "the account",
      "111122223333",
      "999999999999",
      [
        "gives staging: The account changes: 111122223333 → 999999999999.",
        "gives staging: The role arn:aws:iam::111122223333:role/AWSSupportAppReadOnlyRole is replaced by arn:aws:iam::999999999999:role/AWSSupportAppReadOnlyRole. A channel that was configured by hand keeps the old one, which is removed.",
      ],
    ],
    [
      "an AWS managed policy instead",
      "policy: aws-managed, ",
      "",
      ["gives production: The role AWSSupportAppReadOnlyRole has a customer managed policy now, instead of AWS's own."],
    ],
    [
      "a boundary that is removed",
      "      permissions-boundary: arn:aws:iam::444455556666:policy/boundary\n",
      "",
      [
        "gives production: The role AWSSupportAppFullRole has a different permissions boundary: arn:aws:iam::444455556666:policy/boundary → none.",
      ],
    ],
    [
      "a boundary that is added",
      "read-only: {} }",
      "read-only: { permissions-boundary: arn:aws:iam::111122223333:policy/b } }",
      [
        "takes staging: The role AWSSupportAppReadOnlyRole has a different permissions boundary: none → arn:aws:iam::111122223333:policy/b.",
      ],
    ],
    [
      "a condition in the trust",
      "read-only: {} }",
      "read-only: { source-account-condition: true } }",
      [
        "takes staging: The role AWSSupportAppReadOnlyRole may be assumed in fewer cases: the Support App may no longer work with it.",
      ],
    ],
    [
      "a change within the same capabilities",
      "without: [resolve-cases]",
      "without: [resolve-cases]\n      service-quotas-role: existing",
      ["takes production: The role AWSSupportAppFullRole has a different policy with the same capabilities."],
    ],
    [
      "a temporary capability",
      "without: [resolve-cases]",
      "without: [resolve-cases]\n      temporarily: [{ capability: resolve-cases, until: 2026-12-31 }]",
      [
        "gives production: Channels that were configured by hand with AWSSupportAppFullRole gain resolve-cases (until the end of 2026-12-31 (UTC)).",
        "gives production: People in #support-oncall gain resolve-cases (until the end of 2026-12-31 (UTC)).",
      ],
    ],
    [
      "an end of everything",
      "read-only: {} }",
      "read-only: { until: 2026-12-31 } }",
      [
        "takes staging: Channels that were configured by hand with AWSSupportAppReadOnlyRole keep for a shorter time than before view-cases (until the end of 2026-12-31 (UTC)).",
      ],
    ],
  ])("is reported: %s", async (_, from, to, expected) => {
    expect(YAML).toContain(from);
    expect(await since(YAML, YAML.replace(from, to))).toEqual(expected);
  });

  test("says when an end becomes later or earlier, and that something new has an end", async () => {
    const until = (day: string) => YAML.replace("read-only: {} }", `read-only: { until: ${day} } }`);
    const who = "Channels that were configured by hand with AWSSupportAppReadOnlyRole";
    const [december, january] = ["2026-12-31", "2027-01-31"].map((day) => `until the end of ${day} (UTC)`);
    expect(await since(until("2026-12-31"), until("2027-01-31"))).toEqual([
      `gives staging: ${who} gain view-cases (${january}; before: ${december}).`,
    ]);
    expect(await since(until("2027-01-31"), until("2026-12-31"))).toEqual([
      `takes staging: ${who} keep for a shorter time than before view-cases (${december}; before: ${january}).`,
    ]);
    expect(await since(until("2026-12-31"), YAML)).toEqual([
      `gives staging: ${who} gain view-cases (without an end; before: ${december}).`,
    ]);
    const qa = until("2026-12-31").replace("  staging: {", "  qa: {");
    expect(await since(YAML, qa)).toContain(
      `gives qa: The role AWSSupportAppReadOnlyRole is added, with view-cases (${december}).`,
    );
  });

  test("is also reported in the other direction", async () => {
    const other = YAML.replace("read-only: {} }", "read-only: { source-account-condition: true } }")
      .replace("without: [resolve-cases]", "without: [resolve-cases]\n      service-quotas-role: existing")
      .replace("policy: aws-managed, ", "");
    expect(await since(other, YAML)).toEqual(
      [
        "gives production: The role AWSSupportAppReadOnlyRole has an AWS managed policy now, which AWS may change.",
        "gives production: The role AWSSupportAppFullRole has a different policy with the same capabilities.",
        "gives staging: The role AWSSupportAppReadOnlyRole may be assumed in more cases.",
      ].sort(
        (a, b) =>
          (a.includes("staging") ? 1 : 0) - (b.includes("staging") ? 1 : 0) || (a.includes("FullRole") ? -1 : 1),
      ),
    );
  });
});
