import { repositoryOnGitHub } from "../../packaging/repository";

test.each([
  "https://github.com/acme/slack-access.git",
  "https://github.com/acme/slack-access",
  "https://x-access-token:secret@github.com/acme/slack-access.git",
  "git@github.com:acme/slack-access.git",
  "ssh://git@github.com/acme/slack-access.git",
])("the repository is that of git's origin on GitHub: %s", (origin) => {
  expect(repositoryOnGitHub(undefined, origin)).toBe("acme/slack-access");
});

test("GITHUB_REPOSITORY comes first", () => {
  expect(repositoryOnGitHub("acme/other", "https://github.com/acme/slack-access.git")).toBe("acme/other");
});

test.each([undefined, "/srv/git/slack-access", "https://gitlab.com/acme/slack-access.git", "https://github.com/acme"])(
  "an origin that isn't on GitHub says what to set: %s",
  (origin) => {
    expect(() => repositoryOnGitHub("", origin)).toThrow(
      "Can't tell which repository the packages link to: git's origin isn't on GitHub. Set GITHUB_REPOSITORY=OWNER/NAME.",
    );
  },
);

test.each(["acme", "acme/slack/access", "https://github.com/acme/slack-access"])(
  "GITHUB_REPOSITORY=%s is refused",
  (given) => {
    expect(() => repositoryOnGitHub(given, undefined)).toThrow(
      `Received GITHUB_REPOSITORY="${given}", expected OWNER/NAME.`,
    );
  },
);
