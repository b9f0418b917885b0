import { environmentYaml } from "../../../../cli/commands/import/environment-yaml";

test("a mapping is written in the style of environments.yaml: lists and tags in one line, the rest in lines of its own", () => {
  expect(
    environmentYaml({
      production: {
        account: "444455556666",
        tags: { Owner: "platform", Stage: "live" },
        full: {
          without: ["resolve-cases", "live-chat"],
          temporarily: [{ capability: "live-chat", until: "2026-12-31" }],
          channels: [{ name: "oncall", notify: { severity: "high", on: ["case-created", "reply-added"] } }],
        },
        "read-only": {},
      },
    }),
  ).toBe(`production:
  account: "444455556666"
  tags: { Owner: platform, Stage: live }
  full:
    without: [ resolve-cases, live-chat ]
    temporarily:
      - capability: live-chat
        until: 2026-12-31
    channels:
      - name: oncall
        notify: { severity: high, on: [ case-created, reply-added ] }
  read-only: {}
`);
});

test("a long line isn't wrapped", () => {
  const description = "word ".repeat(40).trim();
  expect(environmentYaml({ a: { description } })).toBe(`a:\n  description: ${description}\n`);
});
