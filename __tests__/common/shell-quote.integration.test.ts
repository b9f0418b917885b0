import { spawnSync } from "node:child_process";
import { shellQuote } from "../../common/shell-quote";
import { HOSTILE, obeyedIn } from "../support/hostile";

test("a name in a command is one word, and nothing that a terminal interprets", () => {
  const names = ["", "$(id)`id`\\", HOSTILE, "##[error]a", "a\nb", "\n1", "it's", "a\\b$(c)`d`", "é\u202e"];
  const words = names.map(shellQuote);
  expect(words[1]).toBe("'$(id)`id`\\'");
  for (const word of words) expect([obeyedIn(word), word.includes("\n")]).toEqual([[], false]);
  const { stdout } = spawnSync("bash", ["-c", `printf '%s\\0' ${words.join(" ")}`], { encoding: "utf8" });
  expect(stdout.split("\0").slice(0, -1)).toEqual(names);
});
