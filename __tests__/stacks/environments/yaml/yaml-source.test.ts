import { YamlSource } from "../../../../stacks/environments/yaml/yaml-source";

const TEXT = "a: &x\n  b: &y { c: 1 }\nd: *x\ne: [*x]\nf: { <<: *x, g: 2 }\n";

test.each<[path: readonly (string | number)[], value: string, key: string]>([
  [["a"], "1:1", "1:1"],
  [["a", "b"], "2:3", "2:3"],
  [["d"], "3:4", "3:1"],
  [["e", 0], "4:5", "4:5"],
  [["f", "g"], "5:17", "5:14"],
  [["f", "b", "c"], "2:14", "2:11"], // at the anchor
  [["f", "g", "z"], "5:17", "5:17"], // of what exists
  [[], "1:1", "1:1"],
])(
  "the path %j has the place of its value at %s, and of its key at %s, with a byte order mark, too",
  (path, ...places) => {
    for (const text of [TEXT, `\ufeff${TEXT}`]) {
      const placeOf = (part: "value" | "key") => Object.values(new YamlSource(text).locate(path, part)).join(":");
      expect([placeOf("value"), placeOf("key")]).toEqual(places);
    }
  },
);
