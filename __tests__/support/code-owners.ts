import ignore from "ignore";

/** The owners of a file, as a text of CODEOWNERS names them. Its patterns are those of .gitignore, with exceptions that are refused here. */
export function ownersIn(text: string): (file: string) => readonly string[] {
  const lines = text.split("\n").filter((line) => /^[^#\s]/.test(line));
  const rules = lines
    .filter((line) => !/^\[[^\]]+\]\[1\]$/.test(line)) // a section of GitLab that needs an approval
    .map((line) => {
      const [pattern = "", ...owners] = line.split(/\s+/);
      // GitHub has no "!", "[a-z]" and "\#", GitLab's "!" is another one, and docs/* matches nothing in a folder of docs.
      expect(pattern).not.toMatch(/^!|[[\]\\]|.\/\*$/);
      for (const owner of owners) expect(owner).toMatch(/^@[\w-]+(\/[\w.-]+)*$/);
      return { owners, matcher: ignore({ ignorecase: false }).add(pattern) };
    });
  return (file) => rules.findLast(({ matcher }) => matcher.ignores(file))?.owners ?? [];
}
